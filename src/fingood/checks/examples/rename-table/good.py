"""Owners are customers, under both names for a while."""

from alembic import op

revision = "rename_table_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("owners", "customers")
    op.execute("CREATE VIEW owners AS SELECT * FROM customers")


def downgrade() -> None:
    op.execute("DROP VIEW owners")
    op.rename_table("customers", "owners")
