"""An acceptance that nothing needs any more."""

import sqlalchemy as sa
from alembic import op

revision = "suppression_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # fingood: allow drop-table — the notes were moved
    op.add_column("owners", sa.Column("nickname", sa.Text()))


def downgrade() -> None:
    op.drop_column("owners", "nickname")
