"""An acceptance with its reason."""

import sqlalchemy as sa
from alembic import op

revision = "suppression_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # fingood: allow drop-column — nobody has called since the branches closed; kept in the backup
    op.drop_column("accounts", "phone")


def downgrade() -> None:
    op.add_column("accounts", sa.Column("phone", sa.String(30)))
