"""The column alone."""

import sqlalchemy as sa
from alembic import op

revision = "schema_and_data_mixed_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("branch", sa.Text()))


def downgrade() -> None:
    op.drop_column("owners", "branch")
