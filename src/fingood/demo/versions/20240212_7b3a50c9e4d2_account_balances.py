"""Account balances, kept by the booking service, and what reads them

Revision ID: 7b3a50c9e4d2
Revises: 60d9f3ae18b7
Create Date: 2024-02-12 11:52:33

"""

import sqlalchemy as sa
from alembic import op

revision = "7b3a50c9e4d2"
down_revision = "60d9f3ae18b7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_balances",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("balance", sa.Numeric(24, 4), nullable=False),
        sa.Column("last_posting_id", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_balances"),
        sa.ForeignKeyConstraint(["account_id"], ["ledger.accounts.id"], name="fk_account_balances_account_id"),
        sa.ForeignKeyConstraint(["currency"], ["ledger.currencies.code"], name="fk_account_balances_currency"),
        schema="ledger",
    )
    op.execute(
        "CREATE VIEW ledger.trial_balance AS "
        "SELECT currency, sum(balance) AS difference, count(*) AS accounts "
        "FROM ledger.account_balances GROUP BY currency"
    )
    op.execute(
        "CREATE VIEW ledger.open_accounts AS "
        "SELECT a.id, a.number, a.kind, a.currency, b.balance "
        "FROM ledger.accounts AS a LEFT JOIN ledger.account_balances AS b ON b.account_id = a.id "
        "WHERE a.status = 'open'"
    )


def downgrade() -> None:
    op.execute("DROP VIEW ledger.open_accounts")
    op.execute("DROP VIEW ledger.trial_balance")
    op.drop_table("account_balances", schema="ledger")
