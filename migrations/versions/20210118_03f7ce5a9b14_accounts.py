"""Accounts

Revision ID: 03f7ce5a9b14
Revises: e90b4d2f16c8
Create Date: 2021-01-18 15:21:09

"""

import sqlalchemy as sa
from alembic import op

revision = "03f7ce5a9b14"
down_revision = "e90b4d2f16c8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("number", sa.String(34), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True, comment="empty for the bank's own accounts"),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.String(10), server_default="open", nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("number", name="uq_accounts_number"),
        sa.ForeignKeyConstraint(["currency"], ["ledger.currencies.code"], name="fk_accounts_currency"),
        sa.CheckConstraint(
            "kind IN ('customer', 'cash', 'card_settlement', 'fee_income', 'fx_conversion')", name="ck_accounts_kind"
        ),
        sa.CheckConstraint("status IN ('open', 'closed')", name="ck_accounts_status"),
        sa.CheckConstraint("(kind = 'customer') = (customer_id IS NOT NULL)", name="ck_accounts_customer"),
        sa.CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="ck_accounts_closed_on"),
        schema="ledger",
    )
    op.create_index("ix_accounts_customer_id", "accounts", ["customer_id"], schema="ledger")
    op.create_index("ix_accounts_currency", "accounts", ["currency"], schema="ledger")


def downgrade() -> None:
    op.drop_table("accounts", schema="ledger")
