"""The column alone, and its index while everybody works."""

from alembic import op

revision = "add_column_inline_unique_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD COLUMN IF NOT EXISTS external_number text")
    with op.get_context().autocommit_block():
        op.create_index(
            "uq_accounts_external_number", "accounts", ["external_number"], unique=True, postgresql_concurrently=True
        )


def downgrade() -> None:
    op.drop_column("accounts", "external_number")
