"""No two accounts share a phone."""

from alembic import op

revision = "unique_data_dependent_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ux_accounts_phone", "accounts", ["phone"], unique=True, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ux_accounts_phone", table_name="accounts", postgresql_concurrently=True)
