"""Says itself what it needs."""

import sqlalchemy as sa
from alembic import op

revision = "model_import_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("nickname", sa.String(50)))


def downgrade() -> None:
    op.drop_column("owners", "nickname")
