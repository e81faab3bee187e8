"""Number new notes only; the old ones get their numbers in batches."""

import sqlalchemy as sa
from alembic import op

revision = "add_column_serial_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notes", sa.Column("position", sa.BigInteger()))
    op.execute("CREATE SEQUENCE notes_position_seq OWNED BY notes.position")
    op.alter_column("notes", "position", server_default=sa.text("nextval('notes_position_seq')"))


def downgrade() -> None:
    op.drop_column("notes", "position")
