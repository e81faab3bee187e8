"""A new kind."""

# also: upgrade-fails because the server refuses the statement

from alembic import op

revision = "enum_value_used_at_once_bad"
down_revision = "enum_value_used_at_once_before"
branch_labels = None
depends_on = None
irreversible = "an enum's value cannot be taken away"


def upgrade() -> None:
    op.execute("ALTER TYPE kind ADD VALUE 'loan'")
    op.execute("INSERT INTO kinds VALUES ('loan')")


def downgrade() -> None:
    pass
