"""Exchange rates, one a pair and day

Revision ID: 41c9d7b06e2f
Revises: b8420f9dc71e
Create Date: 2021-03-08 10:11:27

"""

import sqlalchemy as sa
from alembic import op

revision = "41c9d7b06e2f"
down_revision = "b8420f9dc71e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fx_rates",
        sa.Column("base_currency", sa.String(3), nullable=False),
        sa.Column("quote_currency", sa.String(3), nullable=False),
        sa.Column("rate_date", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(20, 10), nullable=False, comment="units of quote for one unit of base"),
        sa.Column("source", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("base_currency", "quote_currency", "rate_date", name="pk_fx_rates"),
        sa.ForeignKeyConstraint(["base_currency"], ["ledger.currencies.code"], name="fk_fx_rates_base_currency"),
        sa.ForeignKeyConstraint(["quote_currency"], ["ledger.currencies.code"], name="fk_fx_rates_quote_currency"),
        sa.CheckConstraint("rate > 0 AND rate <> 'NaN'", name="ck_fx_rates_rate"),
        sa.CheckConstraint("base_currency <> quote_currency", name="ck_fx_rates_pair"),
        schema="ledger",
    )
    op.create_index("ix_fx_rates_quote_currency", "fx_rates", ["quote_currency"], schema="ledger")


def downgrade() -> None:
    op.drop_table("fx_rates", schema="ledger")
