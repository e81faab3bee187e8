"""A column and its values."""

import sqlalchemy as sa
from alembic import op

revision = "work_under_exclusive_lock_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("branch", sa.Text()))
    op.execute("UPDATE accounts SET branch = 'main' WHERE code < 1000")


def downgrade() -> None:
    op.drop_column("accounts", "branch")
