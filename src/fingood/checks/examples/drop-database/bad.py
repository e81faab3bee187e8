"""Clean up."""

from alembic import op

revision = "drop_database_bad"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "a dropped database comes from a backup only"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP DATABASE IF EXISTS an_old_bank")


def downgrade() -> None:
    pass
