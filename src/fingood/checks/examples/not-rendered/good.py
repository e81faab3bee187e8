"""Does not ask."""

import sqlalchemy as sa
from alembic import op

revision = "not_rendered_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("nickname", sa.Text()))


def downgrade() -> None:
    op.drop_column("owners", "nickname")
