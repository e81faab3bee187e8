"""The new key's index, while everybody works."""

from alembic import op

revision = "drop_primary_key_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE cards ADD CONSTRAINT ck_cards_account CHECK (account_id IS NOT NULL)")
    op.execute("ALTER TABLE cards ALTER COLUMN account_id SET NOT NULL")
    with op.get_context().autocommit_block():
        op.create_index("pk_cards_new", "cards", ["account_id", "id"], unique=True, postgresql_concurrently=True)


def downgrade() -> None:
    op.execute("DROP INDEX pk_cards_new")
    op.drop_constraint("ck_cards_account", "cards")
