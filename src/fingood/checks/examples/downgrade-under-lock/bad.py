"""A longer number on the way up is cheap here; the way back writes the whole table anew."""

from alembic import op

revision = "downgrade_under_lock_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER number TYPE text")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER number TYPE varchar(20)")
