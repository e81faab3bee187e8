"""Cards are known by account and number, from one moment to the next."""

from alembic import op

revision = "drop_primary_key_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("pk_cards_new", "cards", ["account_id", "id"], unique=True, postgresql_concurrently=True)
    op.drop_constraint("cards_pkey", "cards")
    op.execute("ALTER TABLE cards ADD CONSTRAINT cards_pkey PRIMARY KEY USING INDEX pk_cards_new")


def downgrade() -> None:
    op.drop_constraint("cards_pkey", "cards")
    op.create_primary_key("cards_pkey", "cards", ["id"])
    op.alter_column("cards", "account_id", nullable=True)
