"""A table of its own."""

import sqlalchemy as sa
from alembic import op

revision = "downgrade_drops_more_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("remarks", sa.Column("id", sa.BigInteger(), primary_key=True))


def downgrade() -> None:
    op.drop_table("remarks")
