"""The index first, while everybody works."""

from alembic import op

revision = "fk_without_index_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_accounts_owner", "accounts", ["owner_id"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_accounts_owner", table_name="accounts", postgresql_concurrently=True)
