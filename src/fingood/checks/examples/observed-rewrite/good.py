"""A longer text inside a block of code: no row is touched."""

from alembic import op

revision = "observed_rewrite_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DO $$ BEGIN ALTER TABLE accounts ALTER number TYPE varchar(40); END $$")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER number TYPE varchar(20)")
