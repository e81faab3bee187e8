"""Every account gets a tier, on PostgreSQL 10."""

import sqlalchemy as sa
from alembic import op

revision = "add_column_constant_default_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("tier", sa.Text(), server_default="basic"))


def downgrade() -> None:
    op.drop_column("accounts", "tier")
