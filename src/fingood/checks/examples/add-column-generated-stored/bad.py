"""Keep the number in capitals beside it."""

import sqlalchemy as sa
from alembic import op

revision = "add_column_generated_stored_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("number_key", sa.Text(), sa.Computed("upper(number)", persisted=True)))


def downgrade() -> None:
    op.drop_column("accounts", "number_key")
