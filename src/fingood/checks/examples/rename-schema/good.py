"""A better name, for readers first."""

from alembic import op

revision = "rename_schema_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA books")
    op.execute("CREATE VIEW books.entries AS SELECT * FROM ledger.entries")


def downgrade() -> None:
    op.execute("DROP VIEW books.entries")
    op.execute("DROP SCHEMA books")
