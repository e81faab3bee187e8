"""A better name for what only the server uses."""

from alembic import op

revision = "rename_object_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER INDEX ux_accounts_number RENAME TO ux_accounts_no")


def downgrade() -> None:
    op.execute("ALTER INDEX ux_accounts_no RENAME TO ux_accounts_number")
