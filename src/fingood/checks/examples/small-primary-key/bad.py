"""Entries of the journal."""

import sqlalchemy as sa
from alembic import op

revision = "small_primary_key_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("journal", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade() -> None:
    op.drop_table("journal")
