"""Index the accounts by status, a second time."""

from alembic import op

revision = "index_redundant_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_accounts_status_2", "accounts", ["status"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_accounts_status_2", table_name="accounts", postgresql_concurrently=True)
