"""ALTER TABLE: one action for each of its sub-commands."""

from __future__ import annotations

from collections.abc import Callable

from fingood.model.action import Action, ColumnSpec, Verb
from fingood.model.names import RelationName
from fingood.statements.grammar import Node, choice, expression_text, strings, unwrap
from fingood.statements.reader_create import column_of, constraint_of, relation_of, type_of
from fingood.statements.volatility import is_volatile

_TABLES = {"OBJECT_TABLE", "OBJECT_FOREIGN_TABLE", "OBJECT_MATVIEW"}

_COLUMN_VERBS = {
    "AT_DropColumn": Verb.DROP_COLUMN,
    "AT_SetNotNull": Verb.SET_NOT_NULL,
    "AT_DropNotNull": Verb.DROP_NOT_NULL,
    "AT_SetStorage": Verb.SET_STORAGE,
    "AT_SetCompression": Verb.SET_STORAGE,
}
_NAMED_VERBS = {
    "AT_DropConstraint": Verb.DROP_CONSTRAINT,
    "AT_ValidateConstraint": Verb.VALIDATE_CONSTRAINT,
    "AT_EnableTrig": Verb.ENABLE_TRIGGER,
    "AT_EnableAlwaysTrig": Verb.ENABLE_TRIGGER,
    "AT_EnableReplicaTrig": Verb.ENABLE_TRIGGER,
    "AT_DisableTrig": Verb.DISABLE_TRIGGER,
}
_PLAIN_VERBS = {
    "AT_SetLogged": Verb.SET_LOGGED,
    "AT_SetUnLogged": Verb.SET_UNLOGGED,
    "AT_SetTableSpace": Verb.SET_TABLESPACE,
    "AT_SetAccessMethod": Verb.SET_ACCESS_METHOD,
    "AT_ReplicaIdentity": Verb.REPLICA_IDENTITY,
    "AT_ChangeOwner": Verb.OWNER,
    "AT_EnableTrigAll": Verb.ENABLE_TRIGGER,
    "AT_EnableTrigUser": Verb.ENABLE_TRIGGER,
    "AT_DisableTrigAll": Verb.DISABLE_TRIGGER,
    "AT_DisableTrigUser": Verb.DISABLE_TRIGGER,
    "AT_EnableRowSecurity": Verb.ROW_SECURITY,
    "AT_DisableRowSecurity": Verb.ROW_SECURITY,
    "AT_ForceRowSecurity": Verb.ROW_SECURITY,
    "AT_NoForceRowSecurity": Verb.ROW_SECURITY,
}


def read_alter_table(message: Node) -> list[Action]:
    """The actions of an ALTER TABLE (or ALTER INDEX, VIEW, TYPE ... with sub-commands)."""
    table = relation_of(message.relation)
    kind = choice(message, "objtype")
    if kind not in _TABLES:
        words = kind.removeprefix("OBJECT_").replace("_", " ").lower()
        return [Action(verb=Verb.OTHER, object=table, detail=f"alter {words}")]
    return [_command(unwrap(node), table) for node in message.cmds]


def _command(command: Node, table: RelationName) -> Action:
    kind = choice(command, "subtype")
    if reader := _READERS.get(kind):
        return reader(command, table)
    if verb := _COLUMN_VERBS.get(kind):
        return Action(
            verb=verb,
            relation=table,
            column=ColumnSpec(name=command.name),
            cascade=_cascades(command),
            if_exists=command.missing_ok,
        )
    if verb := _NAMED_VERBS.get(kind):
        return Action(
            verb=verb,
            relation=table,
            object=RelationName(None, command.name),
            cascade=_cascades(command),
            if_exists=command.missing_ok,
        )
    verb = _PLAIN_VERBS.get(kind, Verb.OTHER_TABLE)
    return Action(verb=verb, relation=table, new_name=command.name or None, detail=_words(kind))


def _cascades(command: Node) -> bool:
    return choice(command, "behavior") == "DROP_CASCADE"


def _words(kind: str) -> str:
    """``AT_SetRelOptions`` as ``set rel options``."""
    name = kind.removeprefix("AT_")
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _add_column(command: Node, table: RelationName) -> Action:
    return Action(
        verb=Verb.ADD_COLUMN,
        relation=table,
        column=column_of(getattr(command, "def").column_def),
        if_not_exists=command.missing_ok,
    )


def _default(command: Node, table: RelationName) -> Action:
    if not command.HasField("def"):
        return Action(verb=Verb.DROP_DEFAULT, relation=table, column=ColumnSpec(name=command.name))
    expression = getattr(command, "def")
    column = ColumnSpec(
        name=command.name, default=expression_text(expression), volatile_default=is_volatile(expression)
    )
    return Action(verb=Verb.SET_DEFAULT, relation=table, column=column)


def _alter_type(command: Node, table: RelationName) -> Action:
    definition = getattr(command, "def").column_def
    using = expression_text(definition.raw_default) if definition.HasField("raw_default") else None
    collation = ".".join(strings(definition.coll_clause.collname)) if definition.HasField("coll_clause") else None
    column = ColumnSpec(name=command.name, type=type_of(definition.type_name), using=using, collation=collation)
    return Action(verb=Verb.ALTER_TYPE, relation=table, column=column)


def _add_constraint(command: Node, table: RelationName) -> Action:
    constraint = constraint_of(getattr(command, "def").constraint)
    return Action(verb=Verb.ADD_CONSTRAINT, relation=table, constraint=constraint)


def _partition(verb: Verb) -> Callable[[Node, RelationName], Action]:
    def read(command: Node, table: RelationName) -> Action:
        partition = getattr(command, "def").partition_cmd
        return Action(
            verb=verb, relation=table, others=(relation_of(partition.name),), concurrently=partition.concurrent
        )

    return read


def _inherit(command: Node, table: RelationName) -> Action:
    parent = relation_of(getattr(command, "def").range_var)
    return Action(verb=Verb.OTHER_TABLE, relation=table, others=(parent,), detail=_words(choice(command, "subtype")))


def _identity(command: Node, table: RelationName) -> Action:
    column = ColumnSpec(name=command.name, identity=choice(command, "subtype") != "AT_DropIdentity")
    options = [unwrap(node).defname for node in getattr(command, "def").list.items]
    restart = " restart" if "restart" in options else ""
    detail = _words(choice(command, "subtype")) + restart
    return Action(verb=Verb.OTHER_TABLE, relation=table, column=column, detail=detail)


_READERS: dict[str, Callable[[Node, RelationName], Action]] = {
    "AT_AddColumn": _add_column,
    "AT_ColumnDefault": _default,
    "AT_AlterColumnType": _alter_type,
    "AT_AddConstraint": _add_constraint,
    "AT_AttachPartition": _partition(Verb.ATTACH_PARTITION),
    "AT_DetachPartition": _partition(Verb.DETACH_PARTITION),
    "AT_AddInherit": _inherit,
    "AT_DropInherit": _inherit,
    "AT_AddIdentity": _identity,
    "AT_SetIdentity": _identity,
    "AT_DropIdentity": _identity,
}
