"""Accounts refer to customers: the rows that are there

Revision ID: 60d9f3ae18b7
Revises: c85e2b7f06d1
Create Date: 2023-09-05 09:15:02

"""

from alembic import op

revision = "60d9f3ae18b7"
down_revision = "c85e2b7f06d1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE ledger.accounts VALIDATE CONSTRAINT fk_accounts_customer_id")


def downgrade() -> None:
    # A constraint cannot be made unproven again; it is written anew.
    op.execute(
        "ALTER TABLE ledger.accounts DROP CONSTRAINT fk_accounts_customer_id, "
        "ADD CONSTRAINT fk_accounts_customer_id "
        "FOREIGN KEY (customer_id) REFERENCES ledger.customers (id) NOT VALID"
    )
