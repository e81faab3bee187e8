"""Order the accounts by number."""

from alembic import op

revision = "full_rewrite_command_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CLUSTER accounts USING ux_accounts_number")


def downgrade() -> None:
    pass
