"""Index the accounts by owner while they are used, and a new table at once."""

import sqlalchemy as sa
from alembic import op

revision = "index_nonconcurrent_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("branches", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("city", sa.Text()))
    op.create_index("ix_branches_city", "branches", ["city"])
    with op.get_context().autocommit_block():
        op.create_index("ix_accounts_owner", "accounts", ["owner_id"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_accounts_owner", table_name="accounts", postgresql_concurrently=True)
    op.drop_table("branches")
