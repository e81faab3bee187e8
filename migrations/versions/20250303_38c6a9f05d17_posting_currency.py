"""Postings say their currency themselves: the column

Until now a posting's currency stood only in its account. First step of five: nothing reads the column yet.

Revision ID: 38c6a9f05d17
Revises: e24f81d60b9c
Create Date: 2025-03-03 09:20:11

"""

import sqlalchemy as sa
from alembic import op

revision = "38c6a9f05d17"
down_revision = "e24f81d60b9c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("postings", sa.Column("currency", sa.String(3), nullable=True), schema="ledger")


def downgrade() -> None:
    op.drop_column("postings", "currency", schema="ledger")
