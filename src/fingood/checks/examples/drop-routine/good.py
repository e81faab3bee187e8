"""A sequence of its own."""

from alembic import op

revision = "drop_routine_good"
down_revision = "drop_routine_before"
branch_labels = None
depends_on = None
irreversible = "nothing is left to take back"


def upgrade() -> None:
    op.execute("CREATE SEQUENCE scratch")
    op.execute("DROP SEQUENCE scratch")


def downgrade() -> None:
    pass
