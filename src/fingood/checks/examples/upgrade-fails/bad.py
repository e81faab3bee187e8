"""A new column on a table that is not there."""

import sqlalchemy as sa
from alembic import op

revision = "upgrade_fails_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("nickname", sa.Text()))


def downgrade() -> None:
    op.drop_column("account", "nickname")
