"""Journal entries

Revision ID: 7ad61e08f4b3
Revises: 03f7ce5a9b14
Create Date: 2021-01-25 09:47:55

"""

import sqlalchemy as sa
from alembic import op

revision = "7ad61e08f4b3"
down_revision = "03f7ce5a9b14"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journal_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("description", sa.String(140), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal_entries"),
        sa.CheckConstraint("kind IN ('deposit', 'payment', 'card', 'fx')", name="ck_journal_entries_kind"),
        schema="ledger",
    )


def downgrade() -> None:
    op.drop_table("journal_entries", schema="ledger")
