"""The new key takes over in the transaction in which the old one goes."""

from alembic import op

revision = "drop_primary_key_good"
down_revision = "drop_primary_key_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("cards_pkey", "cards")
    op.execute("ALTER TABLE cards ADD CONSTRAINT cards_pkey PRIMARY KEY USING INDEX pk_cards_new")


def downgrade() -> None:
    op.drop_constraint("cards_pkey", "cards")
    op.create_primary_key("cards_pkey", "cards", ["id"])
