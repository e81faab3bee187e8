"""performance index: built without blocking writes

A template of yours: `python migrations/select_template.py` fills in the names in capitals and makes a revision of it.
CONCURRENTLY works outside a transaction only, so this revision does nothing else.
"""

from alembic import op

TABLE = "existing_table"
COLUMN = "existing_column"
SCHEMA = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(f"ix_{TABLE}_{COLUMN}", TABLE, [COLUMN], schema=SCHEMA, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(f"ix_{TABLE}_{COLUMN}", table_name=TABLE, schema=SCHEMA, postgresql_concurrently=True)
