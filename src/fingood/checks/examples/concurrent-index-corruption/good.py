"""Index the accounts by phone, on a server that builds whole indexes."""

from alembic import op

revision = "concurrent_index_corruption_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.server_version_info < (14, 4):
        raise RuntimeError("PostgreSQL 14.0 to 14.3 lose rows in indexes built concurrently; update to 14.4 first")
    with op.get_context().autocommit_block():
        op.create_index("ix_accounts_phone", "accounts", ["phone"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_accounts_phone", table_name="accounts", postgresql_concurrently=True)
