"""An account may lack its code."""

from alembic import op

revision = "drop_not_null_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "code", nullable=True)


def downgrade() -> None:
    op.alter_column("accounts", "code", nullable=False)
