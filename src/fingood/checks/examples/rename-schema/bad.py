"""A better name."""

from alembic import op

revision = "rename_schema_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER SCHEMA ledger RENAME TO books")


def downgrade() -> None:
    op.execute("ALTER SCHEMA books RENAME TO ledger")
