"""Index the accounts by phone, on PostgreSQL 14.2."""

from alembic import op

revision = "concurrent_index_corruption_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_accounts_phone", "accounts", ["phone"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_accounts_phone", table_name="accounts", postgresql_concurrently=True)
