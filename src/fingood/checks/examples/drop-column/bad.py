"""Nobody calls any more."""

import sqlalchemy as sa
from alembic import op

revision = "drop_column_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("accounts", "phone")


def downgrade() -> None:
    op.add_column("accounts", sa.Column("phone", sa.String(30)))
