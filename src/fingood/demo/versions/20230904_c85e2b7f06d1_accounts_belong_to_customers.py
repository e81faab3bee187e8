"""Accounts refer to customers: new rows from now on

The foreign key is not checked against the rows that are there; the next revision does that without blocking anybody.

Revision ID: c85e2b7f06d1
Revises: 1fb7c4a95e60
Create Date: 2023-09-04 09:07:46

"""

from alembic import op

revision = "c85e2b7f06d1"
down_revision = "1fb7c4a95e60"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE ledger.accounts ADD CONSTRAINT fk_accounts_customer_id "
        "FOREIGN KEY (customer_id) REFERENCES ledger.customers (id) NOT VALID"
    )


def downgrade() -> None:
    op.drop_constraint("fk_accounts_customer_id", "accounts", schema="ledger", type_="foreignkey")
