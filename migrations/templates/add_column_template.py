"""add column: nullable and without a default, so that no row is rewritten

A template of yours: `python migrations/select_template.py` fills in the names in capitals and makes a revision of it.
Fill the column in a revision of its own (data migration), then demand NOT NULL in a third one.
"""

import sqlalchemy as sa
from alembic import op

TABLE = "existing_table"
COLUMN = "new_column"
SCHEMA = None


def upgrade() -> None:
    op.add_column(TABLE, sa.Column(COLUMN, sa.Numeric(19, 4), nullable=True), schema=SCHEMA)


def downgrade() -> None:
    op.drop_column(TABLE, COLUMN, schema=SCHEMA)
