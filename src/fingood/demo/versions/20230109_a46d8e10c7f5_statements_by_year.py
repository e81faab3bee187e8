"""Account statements, one partition a year

Revision ID: a46d8e10c7f5
Revises: 5c0f92d7b3a6
Create Date: 2023-01-09 10:48:13

"""

import sqlalchemy as sa
from alembic import op

revision = "a46d8e10c7f5"
down_revision = "5c0f92d7b3a6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "statements",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("opening_balance", sa.Numeric(20, 4), nullable=False),
        sa.Column("closing_balance", sa.Numeric(20, 4), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "period_end", name="pk_statements"),
        sa.ForeignKeyConstraint(["account_id"], ["ledger.accounts.id"], name="fk_statements_account_id"),
        sa.ForeignKeyConstraint(["currency"], ["ledger.currencies.code"], name="fk_statements_currency"),
        sa.CheckConstraint("period_start <= period_end", name="ck_statements_period"),
        schema="ledger",
        postgresql_partition_by="RANGE (period_end)",
    )
    op.execute(
        "CREATE TABLE ledger.statements_2023 PARTITION OF ledger.statements "
        "FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')"
    )
    op.execute(
        "CREATE TABLE ledger.statements_2024 PARTITION OF ledger.statements "
        "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')"
    )


def downgrade() -> None:
    op.drop_table("statements", schema="ledger")
