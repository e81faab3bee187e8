"""Nobody uses the notes, which refer to nothing."""

import sqlalchemy as sa
from alembic import op

revision = "drop_table_locks_parents_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("notes")


def downgrade() -> None:
    op.create_table("notes", sa.Column("id", sa.BigInteger(), nullable=False), sa.Column("text", sa.Text()))
