"""The first half, whatever becomes of the second."""

import sqlalchemy as sa
from alembic import op

revision = "transaction_control_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("branch", sa.Text()))
    op.execute("COMMIT")
    op.add_column("owners", sa.Column("region", sa.Text()))


def downgrade() -> None:
    op.drop_column("owners", "region")
    op.drop_column("owners", "branch")
