"""Accounts are looked up by their owner."""

from alembic import op

revision = "index_nonconcurrent_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_accounts_owner", "accounts", ["owner_id"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_accounts_owner", table_name="accounts", postgresql_concurrently=True)
