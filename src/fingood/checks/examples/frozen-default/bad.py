"""When an owner became one."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "frozen_default_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("since", sa.DateTime(timezone=True), server_default=str(datetime.now(UTC))))


def downgrade() -> None:
    op.drop_column("owners", "since")
