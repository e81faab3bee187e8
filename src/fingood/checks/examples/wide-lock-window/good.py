"""A column on one table, and a new table."""

import sqlalchemy as sa
from alembic import op

revision = "wide_lock_window_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("nickname", sa.Text()))
    op.create_table("branches", sa.Column("id", sa.BigInteger(), primary_key=True))
    op.add_column("branches", sa.Column("city", sa.Text()))


def downgrade() -> None:
    op.drop_table("branches")
    op.drop_column("accounts", "nickname")
