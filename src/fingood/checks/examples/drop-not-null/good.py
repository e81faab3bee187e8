"""An account that says no code gets code 0."""

from alembic import op

revision = "drop_not_null_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "code", server_default="0")
    op.alter_column("accounts", "status", nullable=True)


def downgrade() -> None:
    op.alter_column("accounts", "code", server_default=None)
