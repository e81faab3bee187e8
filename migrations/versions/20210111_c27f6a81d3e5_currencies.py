"""Currencies with their minor units (ISO 4217)

Revision ID: c27f6a81d3e5
Revises: 5b1d0c9e7a42
Create Date: 2021-01-11 11:40:02

"""

import sqlalchemy as sa
from alembic import op

revision = "c27f6a81d3e5"
down_revision = "5b1d0c9e7a42"
branch_labels = None
depends_on = None

CURRENCIES = (
    ("USD", 840, "US Dollar", 2),
    ("EUR", 978, "Euro", 2),
    ("GBP", 826, "Pound Sterling", 2),
    ("CHF", 756, "Swiss Franc", 2),
    ("INR", 356, "Indian Rupee", 2),
    ("JPY", 392, "Yen", 0),
    ("KRW", 410, "Won", 0),
    ("BHD", 48, "Bahraini Dinar", 3),
    ("KWD", 414, "Kuwaiti Dinar", 3),
    ("CLF", 990, "Unidad de Fomento", 4),
)


def upgrade() -> None:
    currencies = op.create_table(
        "currencies",
        sa.Column("code", sa.String(3), nullable=False),
        sa.Column("numeric_code", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("minor_units", sa.SmallInteger(), nullable=False, comment="digits after the decimal point"),
        sa.PrimaryKeyConstraint("code", name="pk_currencies"),
        sa.UniqueConstraint("numeric_code", name="uq_currencies_numeric_code"),
        sa.CheckConstraint("code ~ '^[A-Z]{3}$'", name="ck_currencies_code"),
        sa.CheckConstraint("minor_units BETWEEN 0 AND 4", name="ck_currencies_minor_units"),
        schema="ledger",
    )
    op.bulk_insert(
        currencies,
        [
            {"code": code, "numeric_code": number, "name": name, "minor_units": digits}
            for code, number, name, digits in CURRENCIES
        ],
    )


def downgrade() -> None:
    op.drop_table("currencies", schema="ledger")
