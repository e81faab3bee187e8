"""The order is another one: build anew, then say so."""

from alembic import op

revision = "collation_refreshed_good"
down_revision = "collation_refreshed_before"
branch_labels = None
depends_on = None
irreversible = "the server keeps only the newest version"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("REINDEX INDEX CONCURRENTLY ux_accounts_number")
    op.execute("ALTER COLLATION german REFRESH VERSION")


def downgrade() -> None:
    pass
