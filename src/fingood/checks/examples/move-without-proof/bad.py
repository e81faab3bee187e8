"""Prices move to the tariffs."""

# also: drop-column because what does not arrive is lost

import sqlalchemy as sa
from alembic import op

revision = "move_without_proof_bad"
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
    op.drop_column("prices", "amount")


def downgrade() -> None:
    op.add_column("prices", sa.Column("amount", sa.Numeric(18, 4)))
    op.execute("UPDATE prices SET amount = tariffs.amount FROM tariffs WHERE tariffs.id = prices.id")
    op.drop_table("tariffs")
