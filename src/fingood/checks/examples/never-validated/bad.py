"""Something else."""

import sqlalchemy as sa
from alembic import op

revision = "never_validated_bad"
down_revision = "never_validated_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("branch", sa.Text()))


def downgrade() -> None:
    op.drop_column("owners", "branch")
