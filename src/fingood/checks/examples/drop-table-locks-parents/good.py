"""The parent is let go first, in a revision of its own."""

import sqlalchemy as sa
from alembic import op

revision = "drop_table_locks_parents_good"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "nothing is left to take back"


def upgrade() -> None:
    op.create_table("scratch", sa.Column("id", sa.BigInteger(), primary_key=True))
    op.drop_table("scratch")


def downgrade() -> None:
    pass
