"""Every account without a status is active."""

from alembic import op

revision = "bulk_dml_good"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "the old status was a mistake of the import"


def upgrade() -> None:
    op.execute("UPDATE accounts SET status = 'active' WHERE status IS NULL AND id BETWEEN 1 AND 10000")


def downgrade() -> None:
    pass
