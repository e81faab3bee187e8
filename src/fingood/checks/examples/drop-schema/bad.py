"""No more ledger."""

from alembic import op

revision = "drop_schema_bad"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "a dropped schema comes from a backup only"


def upgrade() -> None:
    op.execute("DROP SCHEMA ledger CASCADE")


def downgrade() -> None:
    pass
