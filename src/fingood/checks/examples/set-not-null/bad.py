"""Every account has a phone."""

from alembic import op

revision = "set_not_null_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "phone", nullable=False)


def downgrade() -> None:
    op.alter_column("accounts", "phone", nullable=True)
