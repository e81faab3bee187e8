"""A table that this revision needs itself, and that nobody else knows."""

import sqlalchemy as sa
from alembic import op

revision = "drop_table_good"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "nothing is left to take back"


def upgrade() -> None:
    op.create_table("moved", sa.Column("id", sa.BigInteger(), primary_key=True))
    op.drop_table("moved")


def downgrade() -> None:
    pass
