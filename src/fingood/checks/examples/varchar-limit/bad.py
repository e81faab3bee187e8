"""Accounts get a nickname of a few letters."""

from alembic import op

revision = "varchar_limit_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD COLUMN nickname varchar(12)")


def downgrade() -> None:
    op.drop_column("accounts", "nickname")
