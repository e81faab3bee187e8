"""Settings of an account."""

import sqlalchemy as sa
import sqlalchemy.dialects.postgresql
from alembic import op

revision = "add_json_column_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("settings", sa.dialects.postgresql.JSONB()))
    op.add_column("accounts", sa.Column("parts", sa.JSON()))


def downgrade() -> None:
    op.drop_column("accounts", "parts")
    op.drop_column("accounts", "settings")
