"""A way back that touches no row."""

from alembic import op

revision = "downgrade_under_lock_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER number TYPE varchar(40)")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER code SET STATISTICS -1")
