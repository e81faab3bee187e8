"""Owners are customers."""

from alembic import op

revision = "rename_table_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("owners", "customers")


def downgrade() -> None:
    op.rename_table("customers", "owners")
