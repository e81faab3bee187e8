"""A new column, and a way back that nobody has tried."""

import sqlalchemy as sa
from alembic import op

revision = "downgrade_fails_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("nickname", sa.Text()))


def downgrade() -> None:
    op.drop_column("accounts", "nick_name")
