"""Print statements with two decimals, and speed up the year's report

Everything in here looks harmless in a review, and none of it is: see what fingood check says about it.

Revision ID: 4f2a9c01be77
Revises: b6192fc7e5d0
Create Date: 2025-03-24 17:52:08

"""

import sqlalchemy as sa
from alembic import op

revision = "4f2a9c01be77"
down_revision = "b6192fc7e5d0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("opening_balance", "closing_balance"):
        op.alter_column("statements", column, type_=sa.Numeric(20, 2), existing_type=sa.Numeric(20, 4), schema="ledger")
    op.add_column("postings", sa.Column("amount_in_euro", sa.Float(), nullable=True), schema="ledger")
    op.create_index("ix_postings_currency_amount", "postings", ["currency", "amount"], schema="ledger")


def downgrade() -> None:
    op.drop_index("ix_postings_currency_amount", table_name="postings", schema="ledger")
    op.drop_column("postings", "amount_in_euro", schema="ledger")
    for column in ("opening_balance", "closing_balance"):
        op.alter_column("statements", column, type_=sa.Numeric(20, 4), existing_type=sa.Numeric(20, 2), schema="ledger")
