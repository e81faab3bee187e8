"""A new column, and no way back."""

import sqlalchemy as sa
from alembic import op

revision = "downgrade_missing_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("nickname", sa.Text()))


def downgrade() -> None:
    pass
