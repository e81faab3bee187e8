"""Another index in place of the old one."""

from alembic import op

revision = "index_replaced_with_gap_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_accounts_status")
        op.create_index("ix_accounts_status_code", "accounts", ["status", "code"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_accounts_status", "accounts", ["status"], postgresql_concurrently=True)
        op.drop_index("ix_accounts_status_code", table_name="accounts", postgresql_concurrently=True)
