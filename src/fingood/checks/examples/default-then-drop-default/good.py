"""All accounts get a tier, also those that say none."""

import sqlalchemy as sa
from alembic import op

revision = "default_then_drop_default_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("tier", sa.Text(), server_default="basic", nullable=False))


def downgrade() -> None:
    op.drop_column("accounts", "tier")
