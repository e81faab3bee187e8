"""The new index is there already."""

from alembic import op

revision = "index_replaced_with_gap_good"
down_revision = "index_replaced_with_gap_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_accounts_status", table_name="accounts", postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_accounts_status", "accounts", ["status"], postgresql_concurrently=True)
