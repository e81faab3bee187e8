"""A column on two tables."""

import sqlalchemy as sa
from alembic import op

revision = "wide_lock_window_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("nickname", sa.Text()))
    op.add_column("owners", sa.Column("nickname", sa.Text()))


def downgrade() -> None:
    op.drop_column("owners", "nickname")
    op.drop_column("accounts", "nickname")
