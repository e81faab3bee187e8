"""Cards, known by the token of the card vault

The card number itself never enters this database; the check refuses a token that looks like one.

Revision ID: 86ea39c50d7b
Revises: d1740e6b9fc3
Create Date: 2022-03-21 11:29:06

"""

import sqlalchemy as sa
from alembic import op

revision = "86ea39c50d7b"
down_revision = "d1740e6b9fc3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.String(40), nullable=False, comment="given by the card vault; says nothing by itself"),
        sa.Column("last_four", sa.String(4), nullable=False),
        sa.Column("scheme", sa.String(12), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(10), server_default="active", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
        sa.UniqueConstraint("token", name="uq_cards_token"),
        sa.ForeignKeyConstraint(["account_id"], ["ledger.accounts.id"], name="fk_cards_account_id"),
        sa.CheckConstraint("token ~ '^tok_[0-9a-f]{24}$'", name="ck_cards_token"),
        sa.CheckConstraint("last_four ~ '^[0-9]{4}$'", name="ck_cards_last_four"),
        sa.CheckConstraint("status IN ('active', 'blocked', 'expired')", name="ck_cards_status"),
        schema="ledger",
    )
    op.create_index("ix_cards_account_id", "cards", ["account_id"], schema="ledger")


def downgrade() -> None:
    op.drop_table("cards", schema="ledger")
