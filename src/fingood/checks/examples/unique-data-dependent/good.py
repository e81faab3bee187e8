"""A number is unique by itself, so it is with the owner too."""

from alembic import op

revision = "unique_data_dependent_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ux_accounts_owner", "accounts", ["number", "owner_id"], unique=True, postgresql_concurrently=True
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ux_accounts_owner", table_name="accounts", postgresql_concurrently=True)
