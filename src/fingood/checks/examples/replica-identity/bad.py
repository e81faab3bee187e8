"""Less WAL."""

from alembic import op

revision = "replica_identity_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts REPLICA IDENTITY FULL")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts REPLICA IDENTITY DEFAULT")
