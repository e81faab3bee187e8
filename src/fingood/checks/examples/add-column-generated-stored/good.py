"""Keep the number in capitals beside it, filled by the application."""

import sqlalchemy as sa
from alembic import op

revision = "add_column_generated_stored_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("number_key", sa.Text()))


def downgrade() -> None:
    op.drop_column("accounts", "number_key")
