"""Kinds of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "enum_type_created_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("kinds", sa.Column("code", sa.Text(), primary_key=True))


def downgrade() -> None:
    op.drop_table("kinds")
