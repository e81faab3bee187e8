"""The index that will do the old one's work."""

from alembic import op

revision = "index_dropped_in_use_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_accounts_status_code", "accounts", ["status", "code"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_accounts_status_code", table_name="accounts", postgresql_concurrently=True)
