"""Postings say their currency themselves: NOT NULL

The proven check spares the scan (PostgreSQL since 12), and is not needed afterwards.

Revision ID: b6192fc7e5d0
Revises: 0ae7d46f81b3
Create Date: 2025-03-17 09:18:42

"""

import sqlalchemy as sa
from alembic import op

revision = "b6192fc7e5d0"
down_revision = "0ae7d46f81b3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("postings", "currency", existing_type=sa.String(3), nullable=False, schema="ledger")
    op.drop_constraint("ck_postings_currency_not_null", "postings", schema="ledger", type_="check")


def downgrade() -> None:
    op.alter_column("postings", "currency", existing_type=sa.String(3), nullable=True, schema="ledger")
    op.execute(
        "ALTER TABLE ledger.postings ADD CONSTRAINT ck_postings_currency_not_null "
        "CHECK (currency IS NOT NULL) NOT VALID"
    )
    op.execute("ALTER TABLE ledger.postings VALIDATE CONSTRAINT ck_postings_currency_not_null")
