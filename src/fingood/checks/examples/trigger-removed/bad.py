"""The load is slow."""

from alembic import op

revision = "trigger_removed_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE owners DISABLE TRIGGER USER")


def downgrade() -> None:
    op.execute("ALTER TABLE owners ENABLE TRIGGER USER")
