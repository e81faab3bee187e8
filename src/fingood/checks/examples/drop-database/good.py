"""Clean up what the revision knows."""

from alembic import op

revision = "drop_database_good"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "nothing is left to take back"


def upgrade() -> None:
    op.execute("DROP TABLE IF EXISTS an_old_table")


def downgrade() -> None:
    pass
