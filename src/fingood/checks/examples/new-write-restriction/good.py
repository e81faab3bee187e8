"""A new column with its rule."""

import sqlalchemy as sa
from alembic import op

revision = "new_write_restriction_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("tier", sa.Text()))


def downgrade() -> None:
    op.drop_column("accounts", "tier")
