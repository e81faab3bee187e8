"""Every account gets a reference of its own."""

from alembic import op

revision = "add_column_inline_unique_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD COLUMN reference text UNIQUE")


def downgrade() -> None:
    op.drop_column("accounts", "reference")
