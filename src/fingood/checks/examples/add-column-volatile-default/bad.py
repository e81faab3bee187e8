"""Accounts get a public id."""

from alembic import op

revision = "add_column_volatile_default_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD COLUMN public_id uuid DEFAULT gen_random_uuid()")


def downgrade() -> None:
    op.drop_column("accounts", "public_id")
