"""A column gets another statistics target, under a lock that lets others read and write."""

from alembic import op

revision = "observed_lock_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER code SET STATISTICS 500")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER code SET STATISTICS -1")
