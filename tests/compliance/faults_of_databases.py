"""What may be wrong with a bank's server, its database and, on SQLite, its file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .bank import APP, REVISION, STRANGER
from .faults import NOTHING, OF_DATABASE, Fault, not_met, unseen

OF_POSTGRESQL: Mapping[str, Fault] = {
    "no encrypted connections": Fault(turns=not_met("tls-offered"), says="ssl is off", settings={"ssl": "off"}),
    "passwords kept as MD5 from now on": Fault(
        turns=not_met("password-encryption"), says="md5", settings={"password_encryption": "md5"}
    ),
    "a password is kept as MD5": Fault(
        turns=not_met("stored-passwords"),
        says="clerk (md5)",
        sql="CREATE ROLE clerk LOGIN PASSWORD 'md5" + "0" * 32 + "'",
        undo="DROP ROLE clerk",
    ),
    "everybody gets in over the network": Fault(
        turns=not_met("network-authentication"),
        says="1 lines of pg_hba.conf that let in: line 2: host all all 10.0.0.0 trust",
        lets_in="host all all 10.0.0.0/8 trust\n",
    ),
    "passwords travel in the clear": Fault(
        turns=not_met("network-authentication"),
        says="line 2: hostssl all bank app all password",
        lets_in='hostssl all "bank app" all password\n',
    ),
    "too many superusers": Fault(
        turns=not_met("few-superusers"),
        says="3: night shift, postgres, second",
        sql='CREATE ROLE second LOGIN SUPERUSER; CREATE ROLE "night shift" LOGIN BYPASSRLS',
        undo='DROP ROLE second; DROP ROLE "night shift"',
    ),
    "the application's role is a superuser": Fault(
        turns=not_met("migrates-without-superuser"),
        says=f"1 superuser that migrates: {APP}",
        sql=f'ALTER ROLE "{APP}" SUPERUSER',
        undo=f'ALTER ROLE "{APP}" NOSUPERUSER',
    ),
    "everybody may create in public": Fault(
        turns=not_met("schemas-closed"),
        says="in which PUBLIC may create: public",
        sql="GRANT CREATE ON SCHEMA public TO PUBLIC",
        undo="REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    ),
    "everybody may read customers": Fault(
        turns=not_met("tables-closed", "personal-tables-closed"),
        says="PUBLIC has rights on public.customers (SELECT)",
        sql="GRANT SELECT ON customers TO PUBLIC",
        undo="REVOKE SELECT ON customers FROM PUBLIC",
    ),
    "everybody may read an amount": Fault(
        turns=not_met("tables-closed"),
        says="public.postings (SELECT)",
        sql="GRANT SELECT (amount) ON postings TO PUBLIC",
        undo="REVOKE SELECT (amount) ON postings FROM PUBLIC",
    ),
    "a function runs as its owner on anybody's path": Fault(
        turns=not_met("definer-functions-fixed"),
        says="Pay Out",
        sql="CREATE FUNCTION \"Pay Out\"() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        undo='DROP FUNCTION "Pay Out"()',
    ),
    "row security is off": Fault(
        turns=not_met("row-security-on"),
        says="public.customers",
        sql="ALTER TABLE customers DISABLE ROW LEVEL SECURITY",
        undo="ALTER TABLE customers ENABLE ROW LEVEL SECURITY",
    ),
    "there are no policies": Fault(
        turns={"row-security-on": NOTHING},
        says="no table has policies",
        sql="DROP POLICY own ON customers; ALTER TABLE customers DISABLE ROW LEVEL SECURITY",
        undo="CREATE POLICY own ON customers USING (true); ALTER TABLE customers ENABLE ROW LEVEL SECURITY",
    ),
    "somebody else may write the version table": Fault(
        turns=not_met("version-table-protected"),
        says=STRANGER,
        sql=f"GRANT UPDATE ON alembic_version TO {STRANGER}",
        undo=f"REVOKE UPDATE ON alembic_version FROM {STRANGER}",
    ),
    "changes of the schema are not logged": Fault(
        turns=not_met("schema-changes-logged"), says="log_statement is none", settings={"log_statement": "none"}
    ),
    "connections are not logged": Fault(
        turns=not_met("connections-logged"), says="log_connections is ", settings={"log_connections": "off"}
    ),
    "values get into the log": Fault(
        turns=not_met("parameters-not-logged"), says="is -1", settings={"log_parameter_max_length_on_error": "-1"}
    ),
    "commits are not written out": Fault(
        turns=not_met("commits-durable"), says="fsync is off", settings={"fsync": "off"}
    ),
    "torn pages stay torn": Fault(
        turns=not_met("commits-durable"), says="full_page_writes is off", settings={"full_page_writes": "off"}
    ),
    "a column for card numbers": Fault(
        turns=not_met("no-card-number-columns"),
        says="public.customers.card_number",
        sql="ALTER TABLE customers ADD card_number text",
        undo="ALTER TABLE customers DROP card_number",
    ),
    "a column for card codes": Fault(
        turns=not_met("no-card-code-columns"),
        says="public.customers.cvv",
        sql="ALTER TABLE customers ADD cvv text",
        undo="ALTER TABLE customers DROP cvv",
    ),
    "no personal data": Fault(
        turns={"personal-tables-closed": NOTHING},
        says="no column is named for personal data",
        sql="ALTER TABLE customers RENAME email TO memo",
        undo="ALTER TABLE customers RENAME memo TO email",
    ),
    "a revision came past the log": Fault(
        turns=not_met("database-as-recorded"),
        says="no completed migration of zz",
        sql="UPDATE alembic_version SET version_num = 'zz'",
        undo=f"UPDATE alembic_version SET version_num = '{REVISION}'",
    ),
    "no revision is applied": Fault(
        turns={"database-as-recorded": NOTHING},
        says="no revision is applied",
        sql="DELETE FROM alembic_version",
        undo=f"INSERT INTO alembic_version VALUES ('{REVISION}')",
    ),
}

OF_SQLITE: Mapping[str, Fault] = {
    "others may read the file": Fault(
        turns=not_met("database-file-protected"),
        says="Bank Prod.db (644)",
        spoil=lambda bank: Path(bank.url.removeprefix("sqlite:///")).chmod(0o644),
    ),
    "a column for card numbers": Fault(
        turns=not_met("no-card-number-columns"),
        says="main.customers.card_number",
        sql="ALTER TABLE customers ADD card_number TEXT",
    ),
    "a column for card codes": Fault(
        turns=not_met("no-card-code-columns"), says="main.customers.cvv", sql="ALTER TABLE customers ADD cvv TEXT"
    ),
    "a revision came past the log": Fault(
        turns=not_met("database-as-recorded"),
        says="no completed migration of zz",
        sql="UPDATE alembic_version SET version_num = 'zz'",
    ),
    "there is no table": Fault(
        turns={"database-as-recorded": NOTHING, **unseen("personal-columns-listed")},
        says="there is no column yet",
        sql="DROP TABLE customers; DROP TABLE alembic_version",
    ),
    "there is no file": Fault(
        turns=unseen(*OF_DATABASE),
        says="there is no such file",
        spoil=lambda bank: Path(bank.url.removeprefix("sqlite:///")).unlink(),
    ),
}
