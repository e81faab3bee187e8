"""Where to reach an owner."""

import sqlalchemy as sa
from alembic import op

revision = "personal_data_untagged_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("email", sa.Text()))


def downgrade() -> None:
    op.drop_column("owners", "email")
