"""An index with a name that fits."""

from alembic import op

revision = "identifier_too_long_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_accounts_opened_at", "accounts", ["opened_at"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_accounts_opened_at", table_name="accounts", postgresql_concurrently=True)
