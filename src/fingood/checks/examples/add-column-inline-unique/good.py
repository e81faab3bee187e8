"""Every account gets a reference of its own, its index built while they are used."""

from alembic import op

revision = "add_column_inline_unique_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD COLUMN reference text")
    with op.get_context().autocommit_block():
        op.create_index("uq_accounts_reference", "accounts", ["reference"], unique=True, postgresql_concurrently=True)
    op.execute("ALTER TABLE accounts ADD CONSTRAINT uq_accounts_reference UNIQUE USING INDEX uq_accounts_reference")


def downgrade() -> None:
    op.drop_column("accounts", "reference")
