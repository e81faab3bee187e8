"""Widen posting amounts to sixteen digits before the point

More precision at the same scale writes no row (PostgreSQL since 9.2), but every row is read: the CHECK on the amount is
tested again while the table is locked.
The way back fails rather than rounds when an amount no longer fits.

Revision ID: d1740e6b9fc3
Revises: 2d8f5c71ea90
Create Date: 2022-02-07 13:14:41

"""

import sqlalchemy as sa
from alembic import op

revision = "d1740e6b9fc3"
down_revision = "2d8f5c71ea90"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # fingood: allow type-change-with-check — applied in a maintenance window, when reading the table took a second
    op.alter_column(
        "postings",
        "amount",
        type_=sa.Numeric(20, 4),
        existing_type=sa.Numeric(18, 4),
        existing_nullable=False,
        existing_comment="debit positive, credit negative",
        schema="ledger",
    )


def downgrade() -> None:
    op.alter_column(
        "postings",
        "amount",
        type_=sa.Numeric(18, 4),
        existing_type=sa.Numeric(20, 4),
        existing_nullable=False,
        existing_comment="debit positive, credit negative",
        schema="ledger",
    )
