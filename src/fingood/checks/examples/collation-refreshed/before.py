"""An order of texts."""

from alembic import op

revision = "collation_refreshed_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE COLLATION german (locale = 'C')")


def downgrade() -> None:
    op.execute("DROP COLLATION german")
