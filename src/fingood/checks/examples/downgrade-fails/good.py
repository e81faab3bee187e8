"""A new column, and its way back."""

import sqlalchemy as sa
from alembic import op

revision = "downgrade_fails_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("nickname", sa.Text()))


def downgrade() -> None:
    op.drop_column("accounts", "nickname")
