"""Index the accounts by owner, forgetting the autocommit block."""

# also: upgrade-fails because the server refuses the statement

from alembic import op

revision = "concurrently_in_transaction_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_accounts_owner", "accounts", ["owner_id"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_accounts_owner", table_name="accounts")
