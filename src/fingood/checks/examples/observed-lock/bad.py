"""A constraint added inside a block of code: nobody is let in while it is taken."""

# also: opaque-statement because a block of code does not show what it locks
from alembic import op

revision = "observed_lock_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DO $$ BEGIN ALTER TABLE accounts ADD CONSTRAINT ck_code CHECK (code > 0) NOT VALID; END $$")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts DROP CONSTRAINT ck_code")
