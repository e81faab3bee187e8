"""Statements that harm nobody, however big the tables are: what a check must be silent on.

Each case is the body of an upgrade() on the examples' bank with ``before`` in the schema already; ``below`` are the
bodies of revisions that are pending before it. Every case stands for one piece of context that a checker which looks
at the text alone does not have.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Safe:
    """``major`` is the oldest server that has the syntax."""

    upgrade: str
    before: str = ""
    pending: str = ""
    major: int = 15


def sql(*statements: str) -> str:
    """The statements as calls of op.execute()."""
    return "\n".join(f"op.execute({statement!r})" for statement in statements)


def outside(*statements: str) -> str:
    """The statements in an autocommit block."""
    return "with op.get_context().autocommit_block():\n" + "\n".join(f"    op.execute({one!r})" for one in statements)


_TYPED = sql(
    "CREATE TABLE typed (id bigint PRIMARY KEY, net cidr, at timestamp(3), bits varbit(8), plain timestamp, v varchar)"
)
_CODE = "ALTER TABLE accounts ADD CONSTRAINT ck_code CHECK (code > 0) NOT VALID"
_PARTS = (
    "CREATE TABLE days (day date NOT NULL) PARTITION BY RANGE (day)",
    "CREATE TABLE days_2024 PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    "CREATE TABLE days_2025 (day date NOT NULL, CHECK (day >= '2025-01-01' AND day < '2026-01-01'))",
)
_ODD = (
    'CREATE SCHEMA "Sales Dept"',
    'CREATE TABLE "Sales Dept"."Order Lines" (id bigint PRIMARY KEY, "select" text, "größe" varchar(10), "user" text)',
    'CREATE TABLE "order" (id bigint PRIMARY KEY, "table" varchar(10))',
)
_KIND = sql("CREATE TYPE kind AS ENUM ('current', 'saving')")
_NEW = "CREATE TABLE branches (id bigint PRIMARY KEY, city text, code int)"

SAFE: dict[str, Safe] = {
    # Widenings that change the catalog only.
    "varchar grows": Safe('op.alter_column("accounts", "number", type_=sa.String(40))'),
    "varchar loses its limit": Safe(sql("ALTER TABLE accounts ALTER number TYPE varchar")),
    "varchar becomes text": Safe('op.alter_column("accounts", "phone", type_=sa.Text())'),
    "numeric gets digits at the same scale": Safe('op.alter_column("prices", "amount", type_=sa.Numeric(28, 4))'),
    "numeric loses its limits": Safe(
        sql("ALTER TABLE typed ALTER n TYPE numeric"),
        before=_TYPED + "\n" + sql("ALTER TABLE typed ADD n numeric(10, 2)"),
    ),
    "cidr becomes inet": Safe(sql("ALTER TABLE typed ALTER net TYPE inet"), before=_TYPED),
    "timestamp gets more digits": Safe(sql("ALTER TABLE typed ALTER at TYPE timestamp(6)"), before=_TYPED),
    "varbit grows": Safe(sql("ALTER TABLE typed ALTER bits TYPE varbit(16)"), before=_TYPED),
    "times get their zone in a UTC session": Safe(
        sql("SET LOCAL TimeZone = 'UTC'", "ALTER TABLE typed ALTER plain TYPE timestamptz"), before=_TYPED
    ),
    "varchar without limit becomes text": Safe(sql("ALTER TABLE typed ALTER v TYPE text"), before=_TYPED),
    "the same type again": Safe(sql("ALTER TABLE accounts ALTER number TYPE varchar(20)")),
    # Indexes and constraints, the way that lets everybody work.
    "index built concurrently": Safe(outside("CREATE INDEX CONCURRENTLY i ON accounts (owner_id)")),
    "index built concurrently by Alembic": Safe(
        "with op.get_context().autocommit_block():\n"
        '    op.create_index("i", "accounts", ["opened_at"], postgresql_concurrently=True)'
    ),
    "unique index built concurrently": Safe(outside("CREATE UNIQUE INDEX CONCURRENTLY i ON accounts (number, id)")),
    "partial index built concurrently": Safe(
        outside("CREATE INDEX CONCURRENTLY i ON accounts (opened_at) WHERE status = 'open'")
    ),
    "unused index dropped concurrently": Safe(outside("DROP INDEX CONCURRENTLY ix_accounts_status")),
    "index rebuilt concurrently": Safe(outside("REINDEX INDEX CONCURRENTLY ix_accounts_status")),
    "table's indexes rebuilt concurrently": Safe(outside("REINDEX TABLE CONCURRENTLY accounts")),
    "view refreshed concurrently": Safe(sql("REFRESH MATERIALIZED VIEW CONCURRENTLY totals")),
    "unique constraint takes an index over": Safe(
        sql("ALTER TABLE accounts ADD CONSTRAINT ux_accounts_number UNIQUE USING INDEX ux_accounts_number")
    ),
    "primary key takes an index over": Safe(
        sql("ALTER TABLE notes ADD CONSTRAINT ux_notes_id PRIMARY KEY USING INDEX ux_notes_id")
    ),
    "NOT NULL after a validated CHECK": Safe('op.alter_column("accounts", "email", nullable=False)'),
    "CHECK not valid": Safe(sql(_CODE)),
    "CHECK validated later": Safe(sql("ALTER TABLE accounts VALIDATE CONSTRAINT ck_code"), before=sql(_CODE)),
    "foreign key not valid": Safe(
        'op.create_foreign_key("f", "accounts", "owners", ["owner_id"], ["id"], postgresql_not_valid=True)'
    ),
    "foreign key validated later": Safe(
        sql("ALTER TABLE accounts VALIDATE CONSTRAINT f"),
        before='op.create_foreign_key("f", "accounts", "owners", ["owner_id"], ["id"], postgresql_not_valid=True)',
    ),
    "validated in an autocommit block of the same revision": Safe(
        outside("ALTER TABLE accounts VALIDATE CONSTRAINT ck_code"), before=sql(_CODE)
    ),
    "constraint renamed": Safe(sql("ALTER TABLE accounts RENAME CONSTRAINT ck_accounts_balance TO ck_positive")),
    # Columns and defaults that cost nothing.
    "column without default": Safe('op.add_column("accounts", sa.Column("tier", sa.Text()))'),
    "column with constant default": Safe(
        'op.add_column("accounts", sa.Column("tier", sa.Integer(), server_default="1", nullable=False))'
    ),
    "column with now() as default": Safe(sql("ALTER TABLE accounts ADD seen timestamptz NOT NULL DEFAULT now()")),
    "column with a stable expression as default": Safe(
        sql("ALTER TABLE accounts ADD seen timestamptz DEFAULT date_trunc('day', now())")
    ),
    "column with a cast constant as default": Safe(sql("ALTER TABLE accounts ADD limits jsonb DEFAULT '{}'::jsonb")),
    "column that is there already": Safe(sql("ALTER TABLE accounts ADD COLUMN IF NOT EXISTS phone varchar(30)")),
    "virtual generated column": Safe(
        sql("ALTER TABLE accounts ADD doubled bigint GENERATED ALWAYS AS (code * 2) VIRTUAL"), major=18
    ),
    "default set": Safe('op.alter_column("accounts", "status", server_default="open")'),
    "NOT NULL dropped": Safe('op.alter_column("accounts", "number", nullable=True)'),
    "array column": Safe(sql("ALTER TABLE accounts ADD tags text[] NOT NULL DEFAULT '{}'")),
    "column of a plain domain": Safe(sql("ALTER TABLE accounts ADD iban iban")),
    # New tables: nobody uses them yet.
    "table with everything on it": Safe(
        sql(
            _NEW,
            "CREATE INDEX i ON branches (city)",
            "ALTER TABLE branches ADD CONSTRAINT u UNIQUE (code)",
            "ALTER TABLE branches ADD CONSTRAINT c CHECK (code > 0)",
            "ALTER TABLE branches ALTER city SET NOT NULL",
            "ALTER TABLE branches ALTER code TYPE bigint",
            "ALTER TABLE branches ADD number bigserial",
        )
    ),
    "table of SQLAlchemy's own types": Safe(
        'op.create_table("branches", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name",'
        ' sa.String(40)), sa.Column("kind", sa.Enum("a", "b", name="branch_kind")), sa.Column("data", sa.JSON()))'
    ),
    "table of an earlier pending revision is indexed": Safe(
        sql("CREATE INDEX i ON branches (city)"), pending=sql(_NEW)
    ),
    "table of an earlier pending revision is altered": Safe(
        sql("ALTER TABLE branches ALTER code TYPE bigint", "ALTER TABLE branches ALTER city SET NOT NULL"),
        pending=sql(_NEW),
    ),
    "table of an earlier pending revision is dropped": Safe(sql("DROP TABLE branches"), pending=sql(_NEW)),
    "table of an earlier pending revision is filled": Safe(
        sql("INSERT INTO branches (id) SELECT generate_series(1, 10)"), pending=sql(_NEW)
    ),
    "column of an earlier pending revision is made NOT NULL": Safe(
        sql("ALTER TABLE branches ALTER city SET NOT NULL"), pending=sql(_NEW)
    ),
    "temporary table": Safe(sql("CREATE TEMPORARY TABLE t (id int) ON COMMIT DROP", "CREATE INDEX i ON t (id)")),
    "table that is not there is dropped if it exists": Safe(sql("DROP TABLE IF EXISTS not_there")),
    "copy of a table's columns": Safe(sql("CREATE TABLE branches (LIKE owners INCLUDING ALL)")),
    # Partitions.
    "partitioned table with its partitions": Safe(sql(*_PARTS)),
    "partition attached whose bounds are proven": Safe(
        sql("ALTER TABLE days ATTACH PARTITION days_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"),
        before=sql(*_PARTS),
    ),
    "partition detached concurrently": Safe(
        outside("ALTER TABLE days DETACH PARTITION days_2024 CONCURRENTLY"), before=sql(*_PARTS)
    ),
    "partition indexed concurrently": Safe(
        outside("CREATE INDEX CONCURRENTLY i ON days_2024 (day)"), before=sql(*_PARTS)
    ),
    # Small and empty tables.
    "index on a small table": Safe(sql("CREATE INDEX i ON small (a)")),
    "type change on a small table": Safe(sql("ALTER TABLE small ALTER a TYPE bigint")),
    "NOT NULL on a small table": Safe(sql("ALTER TABLE small ALTER b SET NOT NULL")),
    "constraint on a small table": Safe(sql("ALTER TABLE small ADD CONSTRAINT c CHECK (a > 0)")),
    "stored generated column on an empty table": Safe(
        sql("ALTER TABLE nothing ADD c int GENERATED ALWAYS AS (a) STORED")
    ),
    "volatile default on an empty table": Safe(sql("ALTER TABLE nothing ADD c uuid DEFAULT gen_random_uuid()")),
    "rows of a small table updated": Safe(sql("UPDATE small SET b = 'x' WHERE b IS NULL")),
    # Other objects.
    "comment": Safe(
        sql("COMMENT ON COLUMN accounts.number IS 'IBAN without blanks'", "COMMENT ON TABLE owners IS 'x'")
    ),
    "sequence": Safe(sql("CREATE SEQUENCE document_numbers", "ALTER SEQUENCE document_numbers INCREMENT BY 10")),
    "view": Safe(sql("CREATE VIEW people AS SELECT id, name FROM owners")),
    "materialized view": Safe(sql("CREATE MATERIALIZED VIEW people AS SELECT id FROM owners WITH NO DATA")),
    "schema": Safe(sql("CREATE SCHEMA reporting", "CREATE TABLE reporting.facts (id bigint PRIMARY KEY)")),
    "function": Safe(sql("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'")),
    "enum": Safe('sa.Enum("a", "b", name="kind").create(op.get_bind())'),
    "enum value in an autocommit block": Safe(outside("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'loan'"), before=_KIND),
    "enum value in a transaction, unused": Safe(sql("ALTER TYPE kind ADD VALUE 'loan' BEFORE 'saving'"), before=_KIND),
    "statistics": Safe(sql("ANALYZE accounts", "ALTER TABLE accounts ALTER status SET STATISTICS 500")),
    "storage parameters": Safe(sql("ALTER TABLE accounts SET (autovacuum_vacuum_scale_factor = 0.01)")),
    "vacuum": Safe(outside("VACUUM (ANALYZE) accounts")),
    "settings of the transaction": Safe(sql("SET LOCAL lock_timeout = '2s'", "SET LOCAL work_mem = '64MB'")),
    "rows looked at": Safe(sql("SELECT count(*) FROM accounts WHERE status IS NULL")),
    "a few rows of reference data": Safe(sql("INSERT INTO owners (id, name) VALUES (1, 'Bank')")),
    "bookkeeping of Alembic": Safe(sql("UPDATE alembic_version SET version_num = version_num")),
    # Names.
    "column in a schema with a blank": Safe(
        sql('ALTER TABLE "Sales Dept"."Order Lines" ADD note text'), before=sql(*_ODD)
    ),
    "index of reserved words": Safe(
        outside('CREATE INDEX CONCURRENTLY "where" ON "Sales Dept"."Order Lines" ("select")'), before=sql(*_ODD)
    ),
    "widening of a column with an umlaut": Safe(
        sql('ALTER TABLE "Sales Dept"."Order Lines" ALTER "größe" TYPE varchar(20)'), before=sql(*_ODD)
    ),
    "widening in a table named by a reserved word": Safe(
        sql('ALTER TABLE "order" ALTER "table" TYPE varchar(20)'), before=sql(*_ODD)
    ),
    "the same through Alembic": Safe(
        'op.alter_column("Order Lines", "größe", type_=sa.Text(), schema="Sales Dept")', before=sql(*_ODD)
    ),
}
