"""Statuses sort by their bytes."""

from alembic import op

revision = "type_change_rebuilds_index_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('ALTER TABLE accounts ALTER COLUMN status TYPE varchar(10) COLLATE "C"')


def downgrade() -> None:
    op.execute('ALTER TABLE accounts ALTER COLUMN status TYPE varchar(10) COLLATE "default"')
