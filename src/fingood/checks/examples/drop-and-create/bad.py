"""Rates, to be sure."""

import sqlalchemy as sa
from alembic import op

revision = "drop_and_create_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP TABLE IF EXISTS rates")
    op.create_table("rates", sa.Column("id", sa.BigInteger(), primary_key=True))


def downgrade() -> None:
    op.drop_table("rates")
