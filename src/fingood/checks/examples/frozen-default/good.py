"""When an owner became one, row by row."""

import sqlalchemy as sa
from alembic import op

revision = "frozen_default_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("since", sa.DateTime(timezone=True), server_default=sa.func.now()))


def downgrade() -> None:
    op.drop_column("owners", "since")
