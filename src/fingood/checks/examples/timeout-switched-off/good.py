"""Give up soon, and try again."""

import sqlalchemy as sa
from alembic import op

revision = "timeout_switched_off_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("owners", sa.Column("branch", sa.Text()))


def downgrade() -> None:
    op.drop_column("owners", "branch")
