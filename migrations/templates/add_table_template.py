"""add table: money as NUMERIC with its currency, times with their zone

A template of yours: `python migrations/select_template.py` fills in the names in capitals and makes a revision of it.
"""

import sqlalchemy as sa
from alembic import op

TABLE = "new_table"
SCHEMA = None


def upgrade() -> None:
    op.create_table(
        TABLE,
        # A plain INTEGER is what SQLite can count up by itself; PostgreSQL gets the wide one.
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), primary_key=True),
        sa.Column("amount", sa.Numeric(19, 4), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("currency = upper(currency)", name=f"ck_{TABLE}_currency"),
        schema=SCHEMA,
    )


def downgrade() -> None:
    op.drop_table(TABLE, schema=SCHEMA)
