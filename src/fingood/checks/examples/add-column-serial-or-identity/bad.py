"""Number the notes."""

import sqlalchemy as sa
from alembic import op

revision = "add_column_serial_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notes", sa.Column("position", sa.BigInteger(), sa.Identity(always=True)))


def downgrade() -> None:
    op.drop_column("notes", "position")
