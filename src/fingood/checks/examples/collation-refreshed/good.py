"""The order is another one: build anew, then say so."""

from alembic import op

revision = "collation_refreshed_good"
down_revision = "collation_refreshed_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REINDEX INDEX ux_accounts_number")
    op.execute("ALTER COLLATION german REFRESH VERSION")


def downgrade() -> None:
    pass
