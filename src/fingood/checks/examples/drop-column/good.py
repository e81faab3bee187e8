"""A column that helps this revision only."""

import sqlalchemy as sa
from alembic import op

revision = "drop_column_good"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "nothing is left to take back"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("helper", sa.Text()))
    op.drop_column("accounts", "helper")


def downgrade() -> None:
    pass
