"""Columns, types, constraints and indexes out of the parse tree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fingood.model.action import Action, ColumnSpec, ConstraintKind, ConstraintSpec, IndexSpec, TypeSpec, Verb
from fingood.model.names import RelationName
from fingood.statements.grammar import Node, choice, expression_text, kind_of, strings, unwrap
from fingood.statements.volatility import is_volatile

_ALIASES = {
    "int": "int4",
    "integer": "int4",
    "smallint": "int2",
    "bigint": "int8",
    "decimal": "numeric",
    "boolean": "bool",
    "real": "float4",
    "float": "float8",
    "double": "float8",
    "character": "bpchar",
    "serial2": "smallserial",
    "serial4": "serial",
    "serial8": "bigserial",
}
_PERSISTENCE = {"p": "permanent", "u": "unlogged", "t": "temporary", "": "permanent"}
_REFERENTIAL = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default", "": "no action"}
_KINDS = {
    "CONSTR_PRIMARY": ConstraintKind.PRIMARY_KEY,
    "CONSTR_UNIQUE": ConstraintKind.UNIQUE,
    "CONSTR_FOREIGN": ConstraintKind.FOREIGN_KEY,
    "CONSTR_CHECK": ConstraintKind.CHECK,
    "CONSTR_EXCLUSION": ConstraintKind.EXCLUSION,
    "CONSTR_NOTNULL": ConstraintKind.NOT_NULL,
}


def relation_of(range_var: Node) -> RelationName:
    """A RangeVar's name."""
    return RelationName(range_var.schemaname or None, range_var.relname)


def name_of(parts: Iterable[str]) -> RelationName:
    """A dotted name: the last part is the name, the one before it the schema."""
    known = list(parts)
    return RelationName(known[-2] if len(known) > 1 else None, known[-1] if known else "")


def type_of(type_name: Node) -> TypeSpec:
    """A TypeName as the catalog spells it."""
    *schema, name = strings(type_name.names) or ("",)
    user_schema = schema[-1] if schema and schema[-1] != "pg_catalog" else None
    return TypeSpec(
        name=name if user_schema else _ALIASES.get(name, name),
        modifiers=tuple(_integers(type_name.typmods)),
        schema=user_schema,
        dimensions=len(type_name.array_bounds),
    )


def _integers(nodes: Any) -> Iterable[int]:
    for node in nodes:
        constant = unwrap(node)
        if kind_of(constant) == "A_Const" and constant.WhichOneof("val") == "ival":
            yield constant.ival.ival
        elif kind_of(constant) == "A_Expr":
            yield from (-number for number in _integers([constant.rexpr]))


def column_of(definition: Node) -> ColumnSpec:
    """A ColumnDef with its inline constraints."""
    parts = [unwrap(node) for node in definition.constraints]
    kinds = {choice(part, "contype"): part for part in parts}
    default = kinds.get("CONSTR_DEFAULT")
    generated = kinds.get("CONSTR_GENERATED")
    return ColumnSpec(
        name=definition.colname,
        type=type_of(definition.type_name) if definition.HasField("type_name") else None,
        nullable=not {"CONSTR_NOTNULL", "CONSTR_PRIMARY", "CONSTR_IDENTITY"}.intersection(kinds),
        default=expression_text(default.raw_expr) if default is not None else None,
        volatile_default=default is not None and is_volatile(default.raw_expr),
        identity="CONSTR_IDENTITY" in kinds,
        generated=_generated(generated),
        collation=".".join(strings(definition.coll_clause.collname)) if definition.HasField("coll_clause") else None,
        constraints=tuple(
            constraint_of(part, column=definition.colname)
            for part in parts
            if choice(part, "contype") in _KINDS and choice(part, "contype") != "CONSTR_NOTNULL"
        ),
    )


def _generated(part: Node | None) -> str | None:
    if part is None:
        return None
    return "virtual" if part.generated_kind == "v" else "stored"


def constraint_of(part: Node, *, column: str = "") -> ConstraintSpec:
    """A Constraint; ``column`` is the column it stands at, for inline constraints."""
    kind = _KINDS[choice(part, "contype")]
    foreign = kind is ConstraintKind.FOREIGN_KEY
    return ConstraintSpec(
        kind=kind,
        name=part.conname or None,
        columns=_constrained(part, kind) or ((column,) if column else ()),
        references=relation_of(part.pktable) if foreign else None,
        referenced_columns=strings(part.pk_attrs),
        on_delete=_REFERENTIAL.get(part.fk_del_action, "no action"),
        on_update=_REFERENTIAL.get(part.fk_upd_action, "no action"),
        expression=expression_text(part.raw_expr) if part.HasField("raw_expr") else None,
        using_index=part.indexname or None,
        valid=not part.skip_validation,
        deferrable=part.deferrable,
    )


def _constrained(part: Node, kind: ConstraintKind) -> tuple[str, ...]:
    if kind is ConstraintKind.FOREIGN_KEY:
        return strings(part.fk_attrs)
    if kind is ConstraintKind.CHECK and part.HasField("raw_expr"):
        return ()
    return strings(part.keys)


def read_create_table(message: Node) -> list[Action]:
    """CREATE TABLE; for a partition or a child, its parents are in ``others``."""
    elements = [unwrap(node) for node in message.table_elts]
    elements += [unwrap(node) for node in message.constraints]
    partition = message.HasField("partbound")
    return [
        Action(
            verb=Verb.CREATE_TABLE,
            relation=relation_of(message.relation),
            columns=tuple(column_of(part) for part in elements if kind_of(part) == "ColumnDef"),
            constraints=tuple(
                constraint_of(part)
                for part in elements
                if kind_of(part) == "Constraint" and choice(part, "contype") in _KINDS
            ),
            others=tuple(relation_of(unwrap(node)) for node in message.inh_relations),
            persistence=_PERSISTENCE.get(message.relation.relpersistence, "permanent"),
            if_not_exists=message.if_not_exists,
            detail="partition of" if partition else "",
        )
    ]


def read_create_table_as(message: Node) -> list[Action]:
    """CREATE TABLE AS, CREATE MATERIALIZED VIEW and SELECT INTO."""
    view = choice(message, "objtype") == "OBJECT_MATVIEW"
    return [
        Action(
            verb=Verb.CREATE_VIEW if view else Verb.CREATE_TABLE_AS,
            relation=relation_of(message.into.rel),
            persistence=_PERSISTENCE.get(message.into.rel.relpersistence, "permanent"),
            if_not_exists=message.if_not_exists,
            detail="materialized" if view else "",
        )
    ]


def read_index(message: Node) -> list[Action]:
    """CREATE INDEX."""
    table = relation_of(message.relation)
    return [
        Action(
            verb=Verb.CREATE_INDEX,
            relation=table,
            object=RelationName(table.schema, message.idxname) if message.idxname else None,
            index=IndexSpec(
                name=message.idxname or None,
                columns=tuple(_key(unwrap(node)) for node in message.index_params),
                unique=message.unique,
                method=message.access_method or "btree",
                include=tuple(_key(unwrap(node)) for node in message.index_including_params),
                predicate=expression_text(message.where_clause) if message.HasField("where_clause") else None,
                options=tuple(_key_options(unwrap(node)) for node in message.index_params),
            ),
            concurrently=message.concurrent,
            if_not_exists=message.if_not_exists,
            detail="only" if not message.relation.inh else "",
        )
    ]


def _key(element: Node) -> str:
    return str(element.name) if element.name else expression_text(element.expr)


def _key_options(element: Node) -> str:
    """``text_pattern_ops DESC``; '' where everything is the default, which ASC NULLS LAST is."""
    words = [".".join(strings(element.collation)), ".".join(strings(element.opclass))]
    descending = choice(element, "ordering") == "SORTBY_DESC"
    nulls = choice(element, "nulls_ordering")
    words.append("DESC" if descending else "")
    if nulls not in ("", "SORTBY_NULLS_DEFAULT") and (nulls == "SORTBY_NULLS_FIRST") is not descending:
        words.append(nulls.removeprefix("SORTBY_").replace("_", " "))
    return " ".join(word for word in words if word)
