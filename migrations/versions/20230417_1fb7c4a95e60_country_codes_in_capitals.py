"""Write customers' country codes in capitals

Codes came in as 'de' and 'DE'. The old spelling is kept, so that the way back restores every row.

Revision ID: 1fb7c4a95e60
Revises: a46d8e10c7f5
Create Date: 2023-04-17 14:19:58

"""

import sqlalchemy as sa
from alembic import op

revision = "1fb7c4a95e60"
down_revision = "a46d8e10c7f5"
branch_labels = None
depends_on = None

BATCH = 5_000
MAX_BIGINT = 9_223_372_036_854_775_807
LAST_OF_BATCH = sa.text(
    "SELECT max(id) FROM (SELECT id FROM ledger.customers WHERE id > :after ORDER BY id LIMIT :size) AS batch"
)
KEEP = sa.text(
    "INSERT INTO ledger.customers_country_preimage (customer_id, country) "
    "SELECT id, country FROM ledger.customers "
    "WHERE id > :after AND id <= :last AND country <> upper(country) "
    "ON CONFLICT (customer_id) DO NOTHING"
)
CHANGE = sa.text(
    "UPDATE ledger.customers SET country = upper(country) "
    "WHERE id > :after AND id <= :last AND country <> upper(country)"
)
RESTORE = sa.text(
    "UPDATE ledger.customers AS c SET country = p.country "
    "FROM ledger.customers_country_preimage AS p "
    "WHERE p.customer_id = c.id AND c.id > :after AND c.id <= :last AND c.country = upper(p.country)"
)


def in_batches(*statements: sa.sql.elements.TextClause) -> None:
    """Runs the statements over the customers in key order, each batch committed on its own."""
    if op.get_context().as_sql:  # a script cannot ask for the next key: one batch
        for statement in statements:
            op.execute(statement.bindparams(after=0, last=MAX_BIGINT))
        return
    with op.get_context().autocommit_block():
        after, connection = 0, op.get_bind()
        while (last := connection.execute(LAST_OF_BATCH, {"after": after, "size": BATCH}).scalar()) is not None:
            for statement in statements:
                connection.execute(statement, {"after": after, "last": last})
            after = last


def upgrade() -> None:
    # IF NOT EXISTS and ON CONFLICT: a run that was cut off between two batches can be started again.
    op.execute(
        "CREATE TABLE IF NOT EXISTS ledger.customers_country_preimage ("
        "customer_id bigint CONSTRAINT pk_customers_country_preimage PRIMARY KEY, country varchar(2) NOT NULL)"
    )
    in_batches(KEEP, CHANGE)


def downgrade() -> None:
    in_batches(RESTORE)
    op.drop_table("customers_country_preimage", schema="ledger")
