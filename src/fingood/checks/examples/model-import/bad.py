"""Writes with the application's model."""

import bank_models
import sqlalchemy as sa
from alembic import op

revision = "model_import_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("nickname", sa.String(bank_models.NAME_LENGTH)))


def downgrade() -> None:
    op.drop_column("owners", "nickname")
