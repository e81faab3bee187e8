"""Idempotency key on journal entries: the same request is booked once

Revision ID: f5308ab2c6d9
Revises: 41c9d7b06e2f
Create Date: 2021-06-14 16:02:50

"""

import sqlalchemy as sa
from alembic import op

revision = "f5308ab2c6d9"
down_revision = "41c9d7b06e2f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("journal_entries", sa.Column("idempotency_key", sa.String(64), nullable=True), schema="ledger")


def downgrade() -> None:
    op.drop_column("journal_entries", "idempotency_key", schema="ledger")
