"""Cards without their account."""

from alembic import op

revision = "drop_constraint_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("fk_cards_account", "cards")


def downgrade() -> None:
    op.create_foreign_key("fk_cards_account", "cards", "accounts", ["account_id"], ["id"])
