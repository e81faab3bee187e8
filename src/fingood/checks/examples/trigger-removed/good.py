"""The load is slow, this once."""

from alembic import op

revision = "trigger_removed_good"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "nothing is left to take back"


def upgrade() -> None:
    op.execute("ALTER TABLE owners DISABLE TRIGGER USER")
    op.execute("ALTER TABLE owners ENABLE TRIGGER USER")


def downgrade() -> None:
    pass
