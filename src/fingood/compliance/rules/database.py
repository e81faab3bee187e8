"""Rules about the database: who may do what, how it is reached, what it logs, what its columns are named for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from fingood.checks.money_names import is_card_number, is_sensitive_authentication
from fingood.compliance.evidence import Evidence
from fingood.compliance.personal import is_personal
from fingood.compliance.rule import Rule, rule
from fingood.compliance.verdict import (
    Answer,
    EvidenceKind,
    Reference,
    no_evidence,
    not_applicable,
    not_satisfied,
    satisfied,
)

_D = EvidenceKind.DATABASE
_MOST_SUPERUSERS = 2
_MOST_SKEW = 1.0
_SHOWN = 20
_NO_SERVER = "SQLite has no server and no roles"
Row = Mapping[str, object]
Ask = Callable[[Evidence], Answer]


def server_rule(holds: str) -> Callable[[Ask], Rule]:
    """A rule about what only a server has; on SQLite it does not apply."""

    def make(ask: Ask) -> Rule:
        def on_server(evidence: Evidence) -> Answer:
            return not_applicable(_NO_SERVER) if evidence.dialect == "sqlite" else ask(evidence)

        on_server.__name__ = getattr(ask, "__name__", "rule")
        return rule(holds, _D)(on_server)

    return make


class Unread(Exception):
    """A look that failed; its words are the reason."""


def _rows(evidence: Evidence, look: str) -> tuple[Row, ...]:
    """The rows of a look. Raises Unread."""
    seen = evidence.looks.get(look)
    if seen is None:
        raise Unread(f"{look} was not looked at")
    if seen.reason:
        raise Unread(f"{look}: {seen.reason}")
    return seen.rows


def _seen(look: str, observed: str) -> Reference:
    return Reference(kind=_D, name=f"query {look}", observed=observed)


_FORMS = {
    "stored_passwords": "{name} ({kind})",
    "authentication": "line {line_number}: {type} {databases} {users} {address} {auth_method}",
    "session": "{user}",
    "tables_open_to_all": "{schema}.{table} ({rights})",
    "definer_functions": "{schema}.{name}",
    "row_security": "{schema}.{table}",
    "columns": "{schema}.{table}.{column}",
    "version_table_writers": "{role} ({schema}.{table})",
}
"""How a row of a look is told; other looks have rows of one name."""


def _told(look: str, rows: tuple[Row, ...]) -> str:
    form = _FORMS.get(look)
    shown = [form.format_map(row) if form else ", ".join(map(str, row.values())) for row in rows[:5]]
    return "; ".join(shown) + (f"; and {len(rows) - 5} more" if len(rows) > 5 else "")


def _none_of(evidence: Evidence, look: str, bad: Callable[[Row], bool], what: str) -> Answer:
    """Satisfied where no row of the look is bad."""
    try:
        rows = _rows(evidence, look)
    except Unread as error:
        return no_evidence(str(error))
    found = tuple(row for row in rows if bad(row))
    if found:
        told = _told(look, found)
        return not_satisfied(f"{len(found)} {what}: {told}", _seen(look, told))
    return satisfied(f"no {what}", _seen(look, f"rows: {len(rows)}, none of them"))


def _setting(evidence: Evidence, good: Callable[[str], bool], name: str) -> Answer:
    """Satisfied where the setting's value is good; no evidence where this user does not see it."""
    try:
        values = {str(row["name"]): str(row["setting"]) for row in _rows(evidence, "settings")}
    except Unread as error:
        return no_evidence(str(error))
    if name not in values:
        return no_evidence(f"this user may not see {name} (GRANT pg_read_all_settings)")
    said = f"{name} is {values[name] or 'empty'}"
    return (satisfied if good(values[name]) else not_satisfied)(said, _seen("settings", said))


@server_rule("The server offers encrypted connections.")
def tls_offered(evidence: Evidence) -> Answer:
    return _setting(evidence, lambda value: value == "on", "ssl")


@server_rule("New passwords are stored as SCRAM-SHA-256.")
def password_encryption(evidence: Evidence) -> Answer:
    return _setting(evidence, lambda value: value == "scram-sha-256", "password_encryption")


@server_rule("No stored password is an MD5 hash or clear text.")
def stored_passwords(evidence: Evidence) -> Answer:
    bad = ("md5", "other")
    return _none_of(evidence, "stored_passwords", lambda row: row["kind"] in bad, "weakly stored passwords")


@server_rule("Nobody gets in over the network without a password, or with one in clear text.")
def network_authentication(evidence: Evidence) -> Answer:
    return _none_of(evidence, "authentication", lambda row: True, "lines of pg_hba.conf that let in")


@server_rule(f"At most {_MOST_SUPERUSERS} roles that can log in are superusers or pass row security.")
def few_superusers(evidence: Evidence) -> Answer:
    try:
        rows = _rows(evidence, "roles")
    except Unread as error:
        return no_evidence(str(error))
    mighty = [
        str(row["name"]) for row in rows if row["can_login"] and (row["superuser"] or row["bypasses_row_security"])
    ]
    said = f"{len(mighty)}: {', '.join(mighty) or 'none'}"
    return (satisfied if len(mighty) <= _MOST_SUPERUSERS else not_satisfied)(said, _seen("roles", said))


@server_rule("The user that migrates is no superuser.")
def migrates_without_superuser(evidence: Evidence) -> Answer:
    return _none_of(evidence, "session", lambda row: bool(row["superuser"]), "superuser that migrates")


@server_rule("PUBLIC may create nothing in any schema.")
def schemas_closed(evidence: Evidence) -> Answer:
    return _none_of(evidence, "schemas_open_to_all", lambda row: True, "schemas in which PUBLIC may create")


@server_rule("PUBLIC has no rights on any table.")
def tables_closed(evidence: Evidence) -> Answer:
    return _none_of(evidence, "tables_open_to_all", lambda row: True, "tables on which PUBLIC has rights")


@server_rule("Functions that run with their owner's rights have a fixed search_path.")
def definer_functions_fixed(evidence: Evidence) -> Answer:
    return _none_of(
        evidence, "definer_functions", lambda row: not row["fixed"], "SECURITY DEFINER functions without search_path"
    )


@server_rule("Every table that has policies has row security switched on.")
def row_security_on(evidence: Evidence) -> Answer:
    try:
        rows = _rows(evidence, "row_security")
    except Unread as error:
        return no_evidence(str(error))
    if not rows:
        return not_applicable("no table has policies", _seen("row_security", "0 rows"))
    return _none_of(evidence, "row_security", lambda row: not row["enabled"], "tables whose policies do nothing")


@server_rule("Nobody but its owner may write Alembic's version table.")
def version_table_protected(evidence: Evidence) -> Answer:
    return _none_of(evidence, "version_table_writers", lambda row: True, "others that may write it")


@server_rule("The server logs every change of the schema.")
def schema_changes_logged(evidence: Evidence) -> Answer:
    try:
        values = {str(row["name"]): str(row["setting"]) for row in _rows(evidence, "settings")}
    except Unread as error:
        return no_evidence(str(error))
    statement = values.get("log_statement")
    libraries = values.get("shared_preload_libraries")
    said = f"log_statement is {statement}, shared_preload_libraries is {libraries or 'empty or hidden'}"
    if statement in ("ddl", "mod", "all") or "pgaudit" in (libraries or ""):
        return satisfied(said, _seen("settings", said))
    if statement is None or libraries is None:
        return no_evidence(f"{said}: this user does not see all (GRANT pg_read_all_settings)")
    return not_satisfied(said, _seen("settings", said))


@server_rule("The server logs who connects.")
def connections_logged(evidence: Evidence) -> Answer:
    # A list of words from PostgreSQL 18 on, on or off before (release notes of 18).
    return _setting(evidence, lambda value: value not in ("off", ""), "log_connections")


@server_rule("The values of parameters do not get into the server's log with errors.")
def parameters_not_logged(evidence: Evidence) -> Answer:
    return _setting(evidence, lambda value: value == "0", "log_parameter_max_length_on_error")


@server_rule("Data pages have checksums.")
def pages_have_checksums(evidence: Evidence) -> Answer:
    return _setting(evidence, lambda value: value == "on", "data_checksums")


@server_rule("A crash loses no committed transaction: fsync and full_page_writes are on.")
def commits_durable(evidence: Evidence) -> Answer:
    fsync = _setting(evidence, lambda value: value == "on", "fsync")
    return (
        fsync
        if fsync.verdict.value != "satisfied"
        else _setting(evidence, lambda value: value == "on", "full_page_writes")
    )


@server_rule(f"The clocks of the server and of this machine differ by no more than {_MOST_SKEW:g} s.")
def clocks_agree(evidence: Evidence) -> Answer:
    try:
        rows = _rows(evidence, "session")
    except Unread as error:
        return no_evidence(str(error))
    clock = rows[0]["clock"] if rows else None
    if not isinstance(clock, datetime) or evidence.read_at is None:
        return no_evidence("the server's clock was not read")
    skew = abs((clock - evidence.read_at).total_seconds())
    said = f"they differ by at most {skew:.2f} s"
    return (satisfied if skew <= _MOST_SKEW else not_satisfied)(said, _seen("session", said))


@rule("Others than the owner of a database file may not read it.", _D)
def database_file_protected(evidence: Evidence) -> Answer:
    if evidence.dialect != "sqlite":
        return not_applicable("a server keeps its own files")
    if evidence.open_database is None:
        return no_evidence("the file was not looked at")
    if evidence.open_database:
        return not_satisfied(evidence.open_database, _seen("file", evidence.open_database))
    return satisfied("the file is its owner's alone", _seen("file", "no right for group or others"))


def _columns(evidence: Evidence, named: Callable[[str], bool]) -> tuple[Row, ...]:
    harmless = ("boolean", "date", "timestamp", "bytea", "blob")
    return tuple(
        row
        for row in _rows(evidence, "columns")
        if named(str(row["column"])) and not str(row["type"]).lower().startswith(harmless)
    )


@rule("No column is named for a full card number.", _D)
def no_card_number_columns(evidence: Evidence) -> Answer:
    return _none_named(evidence, is_card_number, "columns named for full card numbers")


@rule("No column is named for a card code, a PIN or a track.", _D)
def no_card_code_columns(evidence: Evidence) -> Answer:
    return _none_named(evidence, is_sensitive_authentication, "columns named for card codes")


def _none_named(evidence: Evidence, named: Callable[[str], bool], what: str) -> Answer:
    try:
        every, found = _rows(evidence, "columns"), _columns(evidence, named)
    except Unread as error:
        return no_evidence(str(error))
    if found:
        return not_satisfied(
            f"{len(found)} {what}: {_told('columns', found)}", _seen("columns", _told("columns", found))
        )
    return satisfied(f"no {what}", _seen("columns", f"columns looked at: {len(every)}, none of them"))


@rule("Tables with personal data give no right to PUBLIC.", _D)
def personal_tables_closed(evidence: Evidence) -> Answer:
    try:
        personal = {(row["schema"], row["table"]) for row in _columns(evidence, is_personal)}
        if not personal:
            return not_applicable("no column is named for personal data", _seen("columns", "none of them"))
        if evidence.dialect == "sqlite":
            return not_applicable(_NO_SERVER)
        opened = tuple(
            row for row in _rows(evidence, "tables_open_to_all") if (row["schema"], row["table"]) in personal
        )
    except Unread as error:
        return no_evidence(str(error))
    if opened:
        return not_satisfied(
            f"PUBLIC has rights on {_told('tables_open_to_all', opened)}",
            _seen("tables_open_to_all", _told("tables_open_to_all", opened)),
        )
    names = ", ".join(sorted(f"{schema}.{table}" for schema, table in personal)[:_SHOWN])
    return satisfied(f"{len(personal)} tables", _seen("columns", names), _seen("tables_open_to_all", "none of them"))


@rule("Columns with personal data are known by name.", _D)
def personal_columns_listed(evidence: Evidence) -> Answer:
    try:
        every, found = _rows(evidence, "columns"), _columns(evidence, is_personal)
    except Unread as error:
        return no_evidence(str(error))
    if not every:
        return no_evidence("there is no column yet")
    shown = [f"{row['schema']}.{row['table']}.{row['column']}" for row in found]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    said = ", ".join(shown[:_SHOWN]) + more if shown else "none by its name"
    return satisfied(f"{len(shown)} of {len(every)} columns", _seen("columns", said))
