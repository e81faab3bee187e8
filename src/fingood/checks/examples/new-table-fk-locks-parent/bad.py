"""Owners have addresses."""

import sqlalchemy as sa
from alembic import op

revision = "new_table_fk_locks_parent_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "addresses",
        sa.Column("owner_id", sa.BigInteger(), sa.ForeignKey("owners.id"), primary_key=True),
        sa.Column("city", sa.Text()),
    )


def downgrade() -> None:
    op.drop_table("addresses")
