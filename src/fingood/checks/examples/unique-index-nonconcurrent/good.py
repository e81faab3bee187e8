"""No two accounts share a mail address, built while they are used."""

from alembic import op

revision = "unique_index_nonconcurrent_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ux_accounts_email", "accounts", ["email"], unique=True, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ux_accounts_email", table_name="accounts", postgresql_concurrently=True)
