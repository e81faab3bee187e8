"""An acceptance that nothing needs any more, and one without a reason."""

import sqlalchemy as sa
from alembic import op

revision = "suppression_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # fingood: allow drop-table — the notes were moved
    op.add_column("owners", sa.Column("nickname", sa.Text()))
    # fingood: allow drop-column
    op.drop_column("accounts", "phone")


def downgrade() -> None:
    op.add_column("accounts", sa.Column("phone", sa.String(30)))
    op.drop_column("owners", "nickname")
