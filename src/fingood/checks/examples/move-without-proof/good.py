"""Prices are copied to the tariffs; a later revision drops the old ones."""

import sqlalchemy as sa
from alembic import op

revision = "move_without_proof_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tariffs",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("amount", sa.Numeric(18, 4)),
        sa.Column("currency", sa.CHAR(3)),
    )
    op.execute("INSERT INTO tariffs (id, amount) SELECT id, amount FROM prices")


def downgrade() -> None:
    op.drop_table("tariffs")
