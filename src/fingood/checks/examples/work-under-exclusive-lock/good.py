"""The column; its values come in the next revision."""

import sqlalchemy as sa
from alembic import op

revision = "work_under_exclusive_lock_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("branch", sa.Text()))


def downgrade() -> None:
    op.drop_column("accounts", "branch")
