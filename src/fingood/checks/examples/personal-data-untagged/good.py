"""Where to reach an owner, and for how long."""

import sqlalchemy as sa
from alembic import op

revision = "personal_data_untagged_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("email", sa.Text(), comment="personal; contract; retention 10 years"))


def downgrade() -> None:
    op.drop_column("owners", "email")
