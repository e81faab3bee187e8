"""Postings say their currency themselves: the rules, for the rows that are there

Revision ID: 0ae7d46f81b3
Revises: 92b5e8d3c70f
Create Date: 2025-03-11 09:05:17

"""

from alembic import op

revision = "0ae7d46f81b3"
down_revision = "92b5e8d3c70f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE ledger.postings VALIDATE CONSTRAINT ck_postings_currency_not_null")
    op.execute("ALTER TABLE ledger.postings VALIDATE CONSTRAINT fk_postings_currency")


def downgrade() -> None:
    # A constraint cannot be made unproven again; it is written anew.
    op.execute(
        "ALTER TABLE ledger.postings DROP CONSTRAINT fk_postings_currency, "
        "DROP CONSTRAINT ck_postings_currency_not_null, "
        "ADD CONSTRAINT ck_postings_currency_not_null CHECK (currency IS NOT NULL) NOT VALID, "
        "ADD CONSTRAINT fk_postings_currency "
        "FOREIGN KEY (currency) REFERENCES ledger.currencies (code) NOT VALID"
    )
