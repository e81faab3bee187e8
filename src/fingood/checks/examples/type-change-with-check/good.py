"""Balances may have more digits; the CHECK is tested later."""

import sqlalchemy as sa
from alembic import op

revision = "type_change_with_check_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("ck_accounts_balance", "accounts")
    op.alter_column("accounts", "balance", type_=sa.Numeric(22, 4))
    op.execute("ALTER TABLE accounts ADD CONSTRAINT ck_accounts_balance CHECK (balance >= 0) NOT VALID")


def downgrade() -> None:
    op.alter_column("accounts", "balance", type_=sa.Numeric(18, 4))
    op.execute("ALTER TABLE accounts VALIDATE CONSTRAINT ck_accounts_balance")
