"""The key's index, while everybody works."""

from alembic import op

revision = "add_primary_key_column_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ux_prices_id", "prices", ["id"], unique=True, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ux_prices_id", table_name="prices", postgresql_concurrently=True)
