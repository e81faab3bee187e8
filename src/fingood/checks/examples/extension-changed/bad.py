"""The newest of everything."""

from alembic import op

revision = "extension_changed_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER EXTENSION plpgsql UPDATE")


def downgrade() -> None:
    pass
