"""Statements that read or write rows, and the maintenance and session commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fingood.model.action import Action, LockMode, Verb
from fingood.model.names import RelationName
from fingood.statements.grammar import Node, choice, kind_of, strings, unwrap, walk
from fingood.statements.reader_create import relation_of

_LOCK_LEVELS = dict(enumerate(LockMode, start=1))
"""PostgreSQL numbers its lock modes in the order of strength (storage/lockdefs.h)."""


def _ranges(nodes: Iterable[Node], within: Node | None = None) -> tuple[RelationName, ...]:
    """The tables named in ``nodes``, without the names that WITH clauses of ``within`` make up."""
    names = set()
    if within is not None:
        made = (part.ctename for part in walk(within) if kind_of(part) == "CommonTableExpr")
        names = {RelationName(None, name) for name in made}
    found = (relation_of(part) for node in nodes for part in walk(node) if kind_of(part) == "RangeVar")
    return tuple(name for name in dict.fromkeys(found) if name not in names)


def _hidden_writes(message: Node) -> list[Action]:
    """The INSERT, UPDATE, DELETE and MERGE inside WITH clauses (manual, 7.8.4)."""
    if not message.HasField("with_clause"):
        return []
    queries = [unwrap(unwrap(node).ctequery) for node in message.with_clause.ctes]
    return [action for query in queries if (read := DATA_READERS.get(kind_of(query))) for action in read(query)]


def read_insert(message: Node) -> list[Action]:
    """INSERT; the tables it selects from are in ``others``."""
    sources = _ranges([message.select_stmt], message) if message.HasField("select_stmt") else ()
    detail = "on conflict" if message.HasField("on_conflict_clause") else ""
    own = Action(verb=Verb.INSERT, relation=relation_of(message.relation), others=sources, detail=detail)
    return [*_hidden_writes(message), own]


def read_update(message: Node) -> list[Action]:
    """UPDATE."""
    own = Action(
        verb=Verb.UPDATE,
        relation=relation_of(message.relation),
        where=_bounded(message),
        others=_ranges(message.from_clause, message),
        sets=tuple(unwrap(node).name for node in message.target_list),
        where_null=_null_columns(message),
    )
    return [*_hidden_writes(message), own]


def read_delete(message: Node) -> list[Action]:
    """DELETE."""
    own = Action(
        verb=Verb.DELETE,
        relation=relation_of(message.relation),
        where=_bounded(message),
        others=_ranges(message.using_clause, message),
    )
    return [*_hidden_writes(message), own]


def _bounded(message: Node) -> bool:
    """False without WHERE and for ``WHERE true`` or ``WHERE 1 = 1``, which bound nothing."""
    if not message.HasField("where_clause"):
        return False
    return any(kind_of(part) in ("ColumnRef", "SubLink", "CurrentOfExpr") for part in walk(message.where_clause))


def _null_columns(message: Node) -> tuple[str, ...]:
    """The columns that the WHERE clause, as one AND of terms, wants to be NULL."""
    if not message.HasField("where_clause"):
        return ()
    clause = unwrap(message.where_clause)
    conjunction = kind_of(clause) == "BoolExpr" and choice(clause, "boolop") == "AND_EXPR"
    terms = [unwrap(node) for node in clause.args] if conjunction else [clause]
    tests = [
        unwrap(term.arg) for term in terms if kind_of(term) == "NullTest" and choice(term, "nulltesttype") == "IS_NULL"
    ]
    return tuple(strings(test.fields)[-1] for test in tests if kind_of(test) == "ColumnRef" and strings(test.fields))


def read_merge(message: Node) -> list[Action]:
    """MERGE."""
    sources = _ranges([message.source_relation], message)
    return [
        *_hidden_writes(message),
        Action(verb=Verb.MERGE, relation=relation_of(message.relation), others=sources, where=True),
    ]


def read_select(message: Node) -> list[Action]:
    """SELECT, with the functions it calls in ``detail``; SELECT INTO makes a table."""
    calls = [strings(part.funcname)[-1:] for part in walk(message) if kind_of(part) == "FuncCall"]
    own = Action(
        verb=Verb.SELECT, others=_ranges([message], message), detail=", ".join(dict.fromkeys(c[0] for c in calls if c))
    )
    made = []
    if message.HasField("into_clause"):
        made.append(Action(verb=Verb.CREATE_TABLE_AS, relation=relation_of(message.into_clause.rel)))
    return [*_hidden_writes(message), *made, own]


def read_copy(message: Node) -> list[Action]:
    """COPY."""
    way = "from" if message.is_from else "to"
    what = "program" if message.is_program else "file" if message.filename else "client"
    relation = relation_of(message.relation) if message.HasField("relation") else None
    return [Action(verb=Verb.COPY, relation=relation, detail=f"{way} {what}")]


def read_truncate(message: Node) -> list[Action]:
    """TRUNCATE; the first table is the relation, further ones are in ``others``."""
    tables = _ranges(message.relations)
    cascade = choice(message, "behavior") == "DROP_CASCADE"
    detail = "restart identity" if message.restart_seqs else ""
    return [Action(verb=Verb.TRUNCATE, relation=tables[0], others=tables[1:], cascade=cascade, detail=detail)]


def read_lock(message: Node) -> list[Action]:
    """LOCK TABLE; the mode is in ``detail``."""
    tables = _ranges(message.relations)
    mode = _LOCK_LEVELS.get(message.mode, LockMode.ACCESS_EXCLUSIVE)
    return [Action(verb=Verb.LOCK, relation=tables[0], others=tables[1:], detail=mode.value)]


def read_vacuum(message: Node) -> list[Action]:
    """VACUUM and ANALYZE: one action a table, one without a table for the whole database."""
    options = {unwrap(node).defname for node in message.options}
    verb = Verb.ANALYZE
    if message.is_vacuumcmd:
        verb = Verb.VACUUM_FULL if "full" in options else Verb.VACUUM
    tables: list[RelationName | None] = [relation_of(unwrap(node).relation) for node in message.rels]
    return [Action(verb=verb, relation=table) for table in tables or [None]]


def read_cluster(message: Node) -> list[Action]:
    """CLUSTER."""
    relation = relation_of(message.relation) if message.HasField("relation") else None
    return [Action(verb=Verb.CLUSTER, relation=relation)]


def read_reindex(message: Node) -> list[Action]:
    """REINDEX: of a table in ``relation``, of an index in ``object``."""
    concurrently = any(unwrap(node).defname == "concurrently" for node in message.params)
    kind = choice(message, "kind").removeprefix("REINDEX_OBJECT_").lower()
    named = relation_of(message.relation) if message.HasField("relation") else RelationName(None, message.name)
    if kind == "table":
        return [Action(verb=Verb.REINDEX, relation=named, concurrently=concurrently, detail=kind)]
    return [Action(verb=Verb.REINDEX, object=named, concurrently=concurrently, detail=kind)]


def read_refresh(message: Node) -> list[Action]:
    """REFRESH MATERIALIZED VIEW."""
    return [Action(verb=Verb.REFRESH_MATVIEW, relation=relation_of(message.relation), concurrently=message.concurrent)]


def read_grant(message: Node) -> list[Action]:
    """GRANT and REVOKE: one action an object, ``detail`` says what and to whom; for ALL ... IN SCHEMA the object is
    ``schema.*``."""
    rights = ", ".join(unwrap(node).priv_name for node in message.privileges) or "all"
    whom = ", ".join(_role(unwrap(node)) for node in message.grantees)
    verb = Verb.GRANT if message.is_grant else Verb.REVOKE
    tables: list[RelationName | None] = [
        relation_of(unwrap(node)) for node in message.objects if kind_of(unwrap(node)) == "RangeVar"
    ]
    schemas = choice(message, "targtype") == "ACL_TARGET_ALL_IN_SCHEMA" and strings(message.objects)
    return [
        Action(
            verb=verb,
            relation=table,
            object=RelationName(schema, "*") if schema else None,
            detail=f"{rights} {'to' if message.is_grant else 'from'} {whom}",
        )
        for table in tables or [None]
        for schema in schemas or [""]
    ]


def _role(role: Node) -> str:
    return role.rolename or choice(role, "roletype").removeprefix("ROLESPEC_").lower()


def read_set(message: Node) -> list[Action]:
    """SET and RESET; ``detail`` is the parameter's name."""
    return [Action(verb=Verb.SET, detail=message.name)]


def read_trigger(message: Node) -> list[Action]:
    """CREATE TRIGGER."""
    return [
        Action(
            verb=Verb.CREATE_TRIGGER,
            relation=relation_of(message.relation),
            object=RelationName(None, message.trigname),
        )
    ]


def read_rule(message: Node) -> list[Action]:
    """CREATE RULE."""
    named = RelationName(None, message.rulename)
    return [Action(verb=Verb.CREATE_RULE, relation=relation_of(message.relation), object=named)]


def read_policy(message: Node) -> list[Action]:
    """CREATE POLICY and ALTER POLICY."""
    named = RelationName(None, message.policy_name)
    return [Action(verb=Verb.CREATE_POLICY, relation=relation_of(message.table), object=named)]


def read_transaction(message: Node) -> list[Action]:
    """BEGIN, COMMIT, SAVEPOINT and their like; ``detail`` says which."""
    word = choice(message, "kind").removeprefix("TRANS_STMT_").replace("_", " ").lower()
    return [Action(verb=Verb.TRANSACTION, detail=word)]


DATA_READERS: dict[str, Callable[[Node], list[Action]]] = {
    "InsertStmt": read_insert,
    "UpdateStmt": read_update,
    "DeleteStmt": read_delete,
    "MergeStmt": read_merge,
    "SelectStmt": read_select,
    "CopyStmt": read_copy,
    "TruncateStmt": read_truncate,
    "LockStmt": read_lock,
    "VacuumStmt": read_vacuum,
    "ClusterStmt": read_cluster,
    "ReindexStmt": read_reindex,
    "RefreshMatViewStmt": read_refresh,
    "GrantStmt": read_grant,
    "VariableSetStmt": read_set,
    "CreateTrigStmt": read_trigger,
    "RuleStmt": read_rule,
    "CreatePolicyStmt": read_policy,
    "AlterPolicyStmt": read_policy,
    "TransactionStmt": read_transaction,
}
