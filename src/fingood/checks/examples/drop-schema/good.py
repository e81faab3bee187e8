"""A schema that helps this revision only."""

from alembic import op

revision = "drop_schema_good"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "nothing is left to take back"


def upgrade() -> None:
    op.execute("CREATE SCHEMA helper")
    op.execute("DROP SCHEMA helper")


def downgrade() -> None:
    pass
