"""Postings say their currency themselves: the rules, for new rows from now on

Revision ID: 92b5e8d3c70f
Revises: d70e14bc29a8
Create Date: 2025-03-10 09:11:54

"""

from alembic import op

revision = "92b5e8d3c70f"
down_revision = "d70e14bc29a8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE ledger.postings ADD CONSTRAINT ck_postings_currency_not_null "
        "CHECK (currency IS NOT NULL) NOT VALID"
    )
    op.execute(
        "ALTER TABLE ledger.postings ADD CONSTRAINT fk_postings_currency "
        "FOREIGN KEY (currency) REFERENCES ledger.currencies (code) NOT VALID"
    )


def downgrade() -> None:
    op.drop_constraint("fk_postings_currency", "postings", schema="ledger", type_="foreignkey")
    op.drop_constraint("ck_postings_currency_not_null", "postings", schema="ledger", type_="check")
