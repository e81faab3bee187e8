"""Accounts belong to owners."""

from alembic import op

revision = "fk_validating_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_foreign_key("fk_accounts_owner", "accounts", "owners", ["owner_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint("fk_accounts_owner", "accounts")
