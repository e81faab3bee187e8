"""A new column."""

import sqlalchemy as sa
from alembic import op

revision = "upgrade_fails_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("nickname", sa.Text()))


def downgrade() -> None:
    op.drop_column("accounts", "nickname")
