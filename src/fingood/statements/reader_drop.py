"""DROP, RENAME, SET SCHEMA and the objects that are not tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fingood.model.action import Action, ColumnSpec, ConstraintSpec, Verb
from fingood.model.names import RelationName
from fingood.statements.grammar import Node, choice, kind_of, strings, unwrap
from fingood.statements.reader_create import constraint_of, name_of, relation_of, type_of

_DROPS = {
    "OBJECT_INDEX": Verb.DROP_INDEX,
    "OBJECT_VIEW": Verb.DROP_VIEW,
    "OBJECT_MATVIEW": Verb.DROP_VIEW,
    "OBJECT_SEQUENCE": Verb.DROP_SEQUENCE,
    "OBJECT_TYPE": Verb.DROP_TYPE,
    "OBJECT_DOMAIN": Verb.DROP_TYPE,
    "OBJECT_FUNCTION": Verb.DROP_FUNCTION,
    "OBJECT_PROCEDURE": Verb.DROP_FUNCTION,
    "OBJECT_ROUTINE": Verb.DROP_FUNCTION,
    "OBJECT_SCHEMA": Verb.DROP_SCHEMA,
    "OBJECT_EXTENSION": Verb.DROP_EXTENSION,
}
_DROPS_ON_TABLE = {"OBJECT_TRIGGER": Verb.DROP_TRIGGER, "OBJECT_POLICY": Verb.DROP_POLICY, "OBJECT_RULE": Verb.OTHER}
_RENAMES = {
    "OBJECT_TABLE": Verb.RENAME_TABLE,
    "OBJECT_FOREIGN_TABLE": Verb.RENAME_TABLE,
    "OBJECT_COLUMN": Verb.RENAME_COLUMN,
    "OBJECT_TABCONSTRAINT": Verb.RENAME_CONSTRAINT,
    "OBJECT_INDEX": Verb.RENAME_INDEX,
    "OBJECT_SCHEMA": Verb.RENAME_SCHEMA,
}
_TABLES = ("OBJECT_TABLE", "OBJECT_FOREIGN_TABLE")


def words_of(kind: str) -> str:
    """``OBJECT_MATVIEW`` as ``matview``."""
    return kind.removeprefix("OBJECT_").replace("_", " ").lower()


def read_drop(message: Node) -> list[Action]:
    """DROP of anything: one action for each named object."""
    kind = choice(message, "remove_type")
    return [_drop(kind, _dotted(unwrap(node)), message) for node in message.objects]


def _drop(kind: str, parts: tuple[str, ...], message: Node) -> Action:
    cascade = choice(message, "behavior") == "DROP_CASCADE"
    detail = words_of(kind)
    if kind in _TABLES:
        return Action(
            verb=Verb.DROP_TABLE, relation=name_of(parts), cascade=cascade, if_exists=message.missing_ok, detail=detail
        )
    if verb := _DROPS_ON_TABLE.get(kind):
        return Action(
            verb=verb,
            relation=name_of(parts[:-1]),
            object=RelationName(None, parts[-1]),
            cascade=cascade,
            if_exists=message.missing_ok,
            detail=f"drop {detail}",
        )
    return Action(
        verb=_DROPS.get(kind, Verb.OTHER),
        object=name_of(parts),
        concurrently=message.concurrent,
        cascade=cascade,
        if_exists=message.missing_ok,
        detail=detail if kind in _DROPS else f"drop {detail}",
    )


def _dotted(node: Node) -> tuple[str, ...]:
    """The parts of an object's name, in whichever of the grammar's forms it comes."""
    match kind_of(node):
        case "List":
            return strings(node.items) or ("",)
        case "TypeName":
            return strings(node.names) or ("",)
        case "ObjectWithArgs":
            return strings(node.objname) or ("",)
        case "String":
            return (node.sval,)
        case _:
            return ("",)


def read_rename(message: Node) -> list[Action]:
    """ALTER ... RENAME."""
    kind = choice(message, "rename_type")
    verb = _RENAMES.get(kind, Verb.OTHER)
    detail = f"rename {words_of(kind)}"
    relation = relation_of(message.relation) if message.HasField("relation") else None
    if kind == "OBJECT_COLUMN" and choice(message, "relation_type") not in _TABLES:
        return [Action(verb=Verb.OTHER, object=relation, new_name=message.newname, detail=detail)]
    if verb in (Verb.RENAME_INDEX, Verb.OTHER):
        named = relation or name_of(_dotted(unwrap(message.object)))
        return [Action(verb=verb, object=named, new_name=message.newname, detail=detail)]
    return [
        Action(
            verb=verb,
            relation=relation,
            object=RelationName(None, message.subname) if message.subname and kind != "OBJECT_COLUMN" else None,
            column=ColumnSpec(name=message.subname) if kind == "OBJECT_COLUMN" else None,
            new_name=message.newname,
            if_exists=message.missing_ok,
            detail=detail,
        )
    ]


def read_set_schema(message: Node) -> list[Action]:
    """ALTER ... SET SCHEMA."""
    kind = choice(message, "object_type")
    if kind in _TABLES:
        return [Action(verb=Verb.SET_SCHEMA, relation=relation_of(message.relation), new_name=message.newschema)]
    named = relation_of(message.relation) if message.HasField("relation") else name_of(_dotted(unwrap(message.object)))
    detail = f"set schema of {words_of(kind)}"
    return [Action(verb=Verb.OTHER, object=named, new_name=message.newschema, detail=detail)]


def read_owner(message: Node) -> list[Action]:
    """ALTER ... OWNER TO, for what is not a table."""
    return [Action(verb=Verb.OWNER, object=name_of(_dotted(unwrap(message.object))))]


def read_comment(message: Node) -> list[Action]:
    """COMMENT ON."""
    kind = choice(message, "objtype")
    parts = _dotted(unwrap(message.object))
    if kind == "OBJECT_TABLE":
        return [Action(verb=Verb.COMMENT, relation=name_of(parts), detail="table")]
    if kind == "OBJECT_COLUMN":
        column = ColumnSpec(name=parts[-1])
        return [Action(verb=Verb.COMMENT, relation=name_of(parts[:-1]), column=column, detail="column")]
    return [Action(verb=Verb.COMMENT, object=name_of(parts), detail=words_of(kind))]


def read_enum(message: Node) -> list[Action]:
    """ALTER TYPE ... ADD VALUE and RENAME VALUE."""
    verb = Verb.ALTER_ENUM_RENAME if message.old_val else Verb.ALTER_ENUM_ADD
    named = name_of(strings(message.type_name))
    return [Action(verb=verb, object=named, new_name=message.new_val, if_not_exists=message.skip_if_new_val_exists)]


def read_domain(message: Node) -> list[Action]:
    """CREATE DOMAIN."""
    parts = [unwrap(node) for node in message.constraints]
    return [
        Action(
            verb=Verb.CREATE_DOMAIN,
            object=name_of(strings(message.domainname)),
            column=ColumnSpec(name="value", type=type_of(message.type_name)),
            constraints=tuple(_domain_checks(parts)),
            detail="not null" if any(choice(part, "contype") == "CONSTR_NOTNULL" for part in parts) else "",
        )
    ]


def _domain_checks(parts: list[Any]) -> list[ConstraintSpec]:
    return [constraint_of(part) for part in parts if choice(part, "contype") == "CONSTR_CHECK"]


_DOMAIN_WORDS = {
    "T": "default",
    "N": "drop not null",
    "O": "set not null",
    "C": "add constraint",
    "X": "drop constraint",
    "V": "validate constraint",
}


def read_alter_domain(message: Node) -> list[Action]:
    """ALTER DOMAIN."""
    detail = _DOMAIN_WORDS.get(message.subtype, "alter domain")
    added = constraint_of(unwrap(getattr(message, "def"))) if message.subtype == "C" else None
    domain = name_of(strings(message.type_name))
    return [Action(verb=Verb.ALTER_DOMAIN, object=domain, constraint=added, detail=detail)]


def _simple(verb: Verb, read_name: Callable[[Node], RelationName]) -> Callable[[Node], list[Action]]:
    return lambda message: [Action(verb=verb, object=read_name(message))]


def _security(message: Node) -> str:
    """Whose rights the function runs with, and whether it says itself where names are looked up."""
    options = {
        unwrap(node).defname: unwrap(unwrap(node).arg) for node in message.options if unwrap(node).defname != "set"
    }
    settings = [unwrap(unwrap(node).arg).name for node in message.options if unwrap(node).defname == "set"]
    definer = "security" in options and options["security"].boolval
    words = ["security definer" if definer else "", *(f"set {name}" for name in settings)]
    return ", ".join(word for word in words if word)


SIMPLE_READERS: dict[str, Callable[[Node], list[Action]]] = {
    "ViewStmt": _simple(Verb.CREATE_VIEW, lambda m: relation_of(m.view)),
    "CreateSeqStmt": _simple(Verb.CREATE_SEQUENCE, lambda m: relation_of(m.sequence)),
    "AlterSeqStmt": lambda m: [
        Action(
            verb=Verb.ALTER_SEQUENCE,
            object=relation_of(m.sequence),
            detail=", ".join(unwrap(node).defname for node in m.options),
        )
    ],
    "CreateEnumStmt": _simple(Verb.CREATE_TYPE, lambda m: name_of(strings(m.type_name))),
    "CreateRangeStmt": _simple(Verb.CREATE_TYPE, lambda m: name_of(strings(m.type_name))),
    "CompositeTypeStmt": _simple(Verb.CREATE_TYPE, lambda m: relation_of(m.typevar)),
    "CreateFunctionStmt": lambda m: [
        Action(verb=Verb.CREATE_FUNCTION, object=name_of(strings(m.funcname)), detail=_security(m))
    ],
    "CreateSchemaStmt": _simple(Verb.CREATE_SCHEMA, lambda m: RelationName(None, m.schemaname)),
    "CreateExtensionStmt": lambda m: [
        Action(verb=Verb.CREATE_EXTENSION, object=RelationName(None, m.extname), if_not_exists=m.if_not_exists)
    ],
    "AlterExtensionStmt": _simple(Verb.ALTER_EXTENSION, lambda m: RelationName(None, m.extname)),
}
