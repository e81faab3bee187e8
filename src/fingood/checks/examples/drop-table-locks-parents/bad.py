"""Nobody uses the cards."""

# also: drop-table because its rows are lost as well

import sqlalchemy as sa
from alembic import op

revision = "drop_table_locks_parents_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("cards")


def downgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey("accounts.id", name="fk_cards_account")),
        sa.Column("iban", sa.Text()),
    )
