"""Statements that would leave the sandbox: they are told before they run, and do not run.

The sandbox's role may be a superuser, so the server itself would allow them. What a function's or a DO block's body
does is told from its text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from fingood.statements.grammar import Node, Unreadable, kind_of, parse_statements, strings, unwrap, walk

_FUNCTIONS = (
    r"pg_read_file|pg_read_binary_file|pg_read_server_files|pg_stat_file|pg_ls_\w+|pg_file_\w+|pg_logdir_ls|"
    r"lo_import|lo_export|dblink\w*|postgres_fdw_get_connections|pg_reload_conf|pg_rotate_logfile|pg_promote|"
    r"pg_switch_wal|pg_create_restore_point|pg_backup_start|pg_start_backup|pg_terminate_backend|pg_cancel_backend"
)
_SUSPECT = re.compile(
    rf"\bCOPY\b|\bALTER\s+SYSTEM\b|\bIMPORT\s+FOREIGN\b|\bSUBSCRIPTION\b|\b(?:DATABASE|TABLESPACE|ROLE|USER|GROUP)\b|"
    rf"\b(?:{_FUNCTIONS})\b",
    re.IGNORECASE,
)
"""What is worth the parser's time: every refusal contains one of these words."""

_FUNCTION = re.compile(rf"(?:{_FUNCTIONS})\Z")
_CALL = re.compile(rf"\b({_FUNCTIONS})\s*\(", re.IGNORECASE)
_COPY_OF_A_FILE = re.compile(r"\bCOPY\b[^;]*?\b(?:FROM|TO)\s+(?:PROGRAM\b|E?')", re.IGNORECASE | re.DOTALL)
_OWN_BACKEND = re.compile(r"\s*\(\s*(?:pg_catalog\s*\.\s*)?pg_backend_pid\s*\(\s*\)", re.IGNORECASE)

_CLUSTER = {
    "CreatedbStmt": "makes a database",
    "DropdbStmt": "drops a database",
    "AlterDatabaseStmt": "changes a database of the server",
    "AlterDatabaseSetStmt": "changes a database's settings",
    "CreateTableSpaceStmt": "makes a tablespace",
    "DropTableSpaceStmt": "drops a tablespace",
    "CreateRoleStmt": "makes a role, which all databases of the server share",
    "AlterRoleStmt": "changes a role, which all databases of the server share",
    "AlterRoleSetStmt": "changes a role, which all databases of the server share",
    "DropRoleStmt": "drops a role, which all databases of the server share",
    "AlterSystemStmt": "changes the whole server's configuration",
}
"""What outlives the sandbox's database. On a private server it goes with the server."""


@lru_cache(maxsize=1024)
def why_refused(sql: str, *, private: bool) -> str:
    """Why this statement must not run in a sandbox; '' where it may.

    ``private`` says that the server was started for the sandbox and ends with it.
    """
    if not _SUSPECT.search(sql):
        return ""
    try:
        nodes = parse_statements(sql)
    except Unreadable:
        return _in_body(sql)
    return next(filter(None, (_of_statement(node, private) for node in nodes)), "")


def _of_statement(statement: Node, private: bool) -> str:
    kind = kind_of(statement)
    if kind == "CopyStmt" and (statement.is_program or statement.filename):
        what = "runs a program on" if statement.is_program else "reads a file of" if statement.is_from else ""
        return f"COPY {what or 'writes a file of'} the database's server"
    if kind == "ImportForeignSchemaStmt":
        return "IMPORT FOREIGN SCHEMA connects to another server"
    if kind == "CreateSubscriptionStmt" and not _connects_not(statement):
        return "CREATE SUBSCRIPTION connects to another server; WITH (connect = false) does not"
    if not private and kind in _CLUSTER:
        return f"it {_CLUSTER[kind]}, and the sandbox is on a server of others"
    if kind == "DoStmt":
        return _in_body(" ".join(body for option in statement.args for body in strings([unwrap(option).arg])))
    if kind == "CreateFunctionStmt":
        return _in_body(" ".join(_bodies(statement)))
    return next(filter(None, (_of_call(node) for node in walk(statement) if kind_of(node) == "FuncCall")), "")


def _bodies(function: Node) -> Iterator[str]:
    """The text of a function or procedure, which may be called later by a statement that does not show what it does."""
    for option in map(unwrap, function.options):
        if option.defname == "as":
            yield from strings(unwrap(option.arg).items)


def _of_call(call: Node) -> str:
    name = strings(call.funcname)[-1]
    if not _FUNCTION.match(name):
        return ""
    argument = unwrap(call.args[0]) if call.args else None
    own = argument is not None and kind_of(argument) == "FuncCall" and strings(argument.funcname)[-1]
    if name in ("pg_terminate_backend", "pg_cancel_backend") and own == "pg_backend_pid":
        return ""
    return f"{name}() acts outside of the database"


def _in_body(text: str) -> str:
    if _COPY_OF_A_FILE.search(text):
        return "COPY of a file or a program of the database's server"
    for call in _CALL.finditer(text):
        if not _OWN_BACKEND.match(text, call.end(1)):
            return f"{call[1].lower()}() acts outside of the database"
    return ""


def _connects_not(statement: Node) -> bool:
    options = [unwrap(node) for node in statement.options]
    return any(option.defname == "connect" and _is_false(option) for option in options)


def _is_false(option: Node) -> bool:
    value = unwrap(option.arg)
    return (kind_of(value) == "String" and value.sval.lower() in ("false", "off", "0", "no")) or (
        kind_of(value) == "Boolean" and not value.boolval
    )
