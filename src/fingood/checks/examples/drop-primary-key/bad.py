"""Cards without a key."""

from alembic import op

revision = "drop_primary_key_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("cards_pkey", "cards")


def downgrade() -> None:
    op.create_primary_key("cards_pkey", "cards", ["id"])
