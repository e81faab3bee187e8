"""The warning is a nuisance."""

from alembic import op

revision = "collation_refreshed_bad"
down_revision = "collation_refreshed_before"
branch_labels = None
depends_on = None
irreversible = "the server keeps only the newest version"


def upgrade() -> None:
    op.execute("ALTER COLLATION german REFRESH VERSION")


def downgrade() -> None:
    pass
