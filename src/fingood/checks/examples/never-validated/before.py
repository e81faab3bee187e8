"""Owners for accounts, of the new ones."""

from alembic import op

revision = "never_validated_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_foreign_key("fk_accounts_owner", "accounts", "owners", ["owner_id"], ["id"], postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("fk_accounts_owner", "accounts")
