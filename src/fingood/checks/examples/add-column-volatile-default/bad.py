"""Accounts get a public id."""

import sqlalchemy as sa
from alembic import op

revision = "add_column_volatile_default_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()")))


def downgrade() -> None:
    op.drop_column("accounts", "public_id")
