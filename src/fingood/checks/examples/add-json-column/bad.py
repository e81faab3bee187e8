"""Accounts get settings that nobody can compare."""

from alembic import op

revision = "add_json_column_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD COLUMN settings json")


def downgrade() -> None:
    op.drop_column("accounts", "settings")
