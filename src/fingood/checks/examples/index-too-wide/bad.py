"""Index the accounts by everything."""

from alembic import op

revision = "index_too_wide_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_accounts_all ON accounts (owner_id, code, status, email, phone, opened_at)"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY ix_accounts_all")
