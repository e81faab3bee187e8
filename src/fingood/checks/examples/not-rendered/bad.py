"""Asks the database what to do."""

import sqlalchemy as sa
from alembic import op

revision = "not_rendered_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT count(*) FROM owners")).scalar() == 0:
        op.add_column("owners", sa.Column("nickname", sa.Text()))


def downgrade() -> None:
    op.execute("ALTER TABLE owners DROP COLUMN IF EXISTS nickname")
