"""Fees of an account."""

from alembic import op

revision = "money_type_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD COLUMN monthly_fee money")


def downgrade() -> None:
    op.drop_column("accounts", "monthly_fee")
