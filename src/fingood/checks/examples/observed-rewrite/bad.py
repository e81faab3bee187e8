"""A type change inside a block of code."""

from alembic import op

revision = "observed_rewrite_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DO $$ BEGIN ALTER TABLE accounts ALTER code TYPE text USING code::text; END $$")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER code TYPE bigint USING code::bigint")
