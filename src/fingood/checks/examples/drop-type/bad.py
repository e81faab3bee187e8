"""No kinds any more."""

from alembic import op

revision = "drop_type_bad"
down_revision = "drop_type_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP TYPE kind")


def downgrade() -> None:
    op.execute("CREATE TYPE kind AS ENUM ('current', 'saving')")
