"""A new table, without a right for anybody else."""

import sqlalchemy as sa
from alembic import op

revision = "rights_changed_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("branches", sa.Column("id", sa.BigInteger(), primary_key=True))


def downgrade() -> None:
    op.drop_table("branches")
