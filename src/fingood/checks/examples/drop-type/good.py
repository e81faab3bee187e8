"""A type that only this revision needs."""

from alembic import op

revision = "drop_type_good"
down_revision = "drop_type_before"
branch_labels = None
depends_on = None
irreversible = "nothing is left to take back"


def upgrade() -> None:
    op.execute("CREATE TYPE pair AS (a int, b int)")
    op.execute("DROP TYPE pair")


def downgrade() -> None:
    pass
