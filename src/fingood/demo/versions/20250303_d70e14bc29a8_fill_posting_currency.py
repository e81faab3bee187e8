"""Postings say their currency themselves: fill it from the account

In key order and batch by batch, each batch committed on its own. The ids that were filled are kept, so that the way
back empties these rows and no other: the booking service writes the column itself by now.

Revision ID: d70e14bc29a8
Revises: 38c6a9f05d17
Create Date: 2025-03-03 10:02:29

"""

import sqlalchemy as sa
from alembic import op

revision = "d70e14bc29a8"
down_revision = "38c6a9f05d17"
branch_labels = None
depends_on = None

BATCH = 20_000
MAX_BIGINT = 9_223_372_036_854_775_807
LAST_OF_BATCH = sa.text(
    "SELECT max(id) FROM (SELECT id FROM ledger.postings WHERE id > :after ORDER BY id LIMIT :size) AS batch"
)
# One statement: a batch is filled and written down, or neither.
FILL = sa.text(
    "WITH filled AS ("
    "UPDATE ledger.postings AS p SET currency = a.currency FROM ledger.accounts AS a "
    "WHERE a.id = p.account_id AND p.currency IS NULL AND p.id > :after AND p.id <= :last RETURNING p.id) "
    "INSERT INTO ledger.postings_currency_filled (posting_id) SELECT id FROM filled"
)
EMPTY = sa.text(
    "UPDATE ledger.postings AS p SET currency = NULL FROM ledger.postings_currency_filled AS f "
    "WHERE f.posting_id = p.id AND p.id > :after AND p.id <= :last"
)


def in_batches(statement: sa.sql.elements.TextClause) -> None:
    """Runs the statement over the postings in key order, each batch committed on its own."""
    if op.get_context().as_sql:  # a script cannot ask for the next key: one batch
        op.execute(statement.bindparams(after=0, last=MAX_BIGINT))
        return
    with op.get_context().autocommit_block():
        after, connection = 0, op.get_bind()
        while (last := connection.execute(LAST_OF_BATCH, {"after": after, "size": BATCH}).scalar()) is not None:
            connection.execute(statement, {"after": after, "last": last})
            after = last


def upgrade() -> None:
    # IF NOT EXISTS: a run that was cut off between two batches can be started again.
    op.execute(
        "CREATE TABLE IF NOT EXISTS ledger.postings_currency_filled ("
        "posting_id bigint CONSTRAINT pk_postings_currency_filled PRIMARY KEY)"
    )
    in_batches(FILL)


def downgrade() -> None:
    in_batches(EMPTY)
    op.drop_table("postings_currency_filled", schema="ledger")
