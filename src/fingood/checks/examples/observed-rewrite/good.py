"""A function that changes the catalog only."""

from alembic import op

revision = "observed_rewrite_good"
down_revision = "observed_rewrite_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SELECT widen_numbers()")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER number TYPE varchar(20)")
