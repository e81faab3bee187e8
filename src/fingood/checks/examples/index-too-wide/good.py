"""Index the accounts by what is searched, with what is read."""

from alembic import op

revision = "index_too_wide_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_accounts_all ON accounts (owner_id, code, status) "
            "INCLUDE (email, phone, opened_at)"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY ix_accounts_all")
