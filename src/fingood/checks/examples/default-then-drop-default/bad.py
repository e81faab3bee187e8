"""Old accounts get a tier, new ones must say it."""

import sqlalchemy as sa
from alembic import op

revision = "default_then_drop_default_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("tier", sa.Text(), server_default="basic", nullable=False))
    op.alter_column("accounts", "tier", server_default=None)


def downgrade() -> None:
    op.drop_column("accounts", "tier")
