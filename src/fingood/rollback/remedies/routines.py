"""Functions, procedures, aggregates, operators and their classes, casts; triggers, rules, policies, event triggers."""

from __future__ import annotations

import re
from collections.abc import Callable

from fingood.rollback.remedies import rights
from fingood.rollback.remedies.code import Name, Subject, execute, identifier, note

_RETURNS = re.compile(r"^ ?RETURNS (.*)$", re.MULTILINE)
_SETTABLE = re.compile(r"(RESTRICT|JOIN) = ([^,]+)")
_COMMANDS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "*": "ALL"}
_FIRING = {
    "origin": "ENABLE", "O": "ENABLE", "disabled": "DISABLE", "D": "DISABLE",
    "replica": "ENABLE REPLICA", "R": "ENABLE REPLICA", "always": "ENABLE ALWAYS", "A": "ENABLE ALWAYS",
}  # fmt: skip


def drop(subject: Subject) -> list[str]:
    """Whatever has a name of its own."""
    return [execute(f"DROP {rights.phrase(subject)}")]


def create_function(function: Subject) -> list[str]:
    return [execute(function.get("definition")), *rights.rights_of_new(function)]


def change_function(function: Subject, name: str, before: str, after: str) -> list[str]:
    if name != "definition":
        return []
    same = _RETURNS.search(before), _RETURNS.search(after)
    if same[0] and same[1] and same[0][1] != same[1][1]:
        return [*drop(function), *create_function(function)]
    return [execute(before)]


def create_aggregate(aggregate: Subject) -> list[str]:
    name = rights.phrase(aggregate)
    return [execute(f"CREATE {name} ({aggregate.get('definition')})"), *rights.rights_of_new(aggregate)]


def create_operator(operator: Subject) -> list[str]:
    name, _, arguments = operator.sql.partition("(")
    left, right = _two(arguments.rstrip(")"))
    parts = [f"FUNCTION = {operator.get('function').partition('(')[0]}"]
    parts += [f"LEFTARG = {left}"] if left != "none" else []
    parts += [f"RIGHTARG = {right}"] if right != "none" else []
    parts += [operator.get("options")] if operator.get("options") else []
    return [execute(f"CREATE OPERATOR {name} ({', '.join(parts)})"), *rights.rights_of_new(operator)]


def _two(arguments: str) -> tuple[str, str]:
    left, _, right = arguments.partition(", ")
    return left, right


def change_operator(operator: Subject, name: str, before: str, after: str) -> list[str]:
    """Only RESTRICT and JOIN can be set; all else makes the operator anew."""
    if name == "options" and _SETTABLE.sub("", before).strip(", ") == _SETTABLE.sub("", after).strip(", "):
        was, now = dict(_SETTABLE.findall(before)), dict(_SETTABLE.findall(after))
        words = [f"{word} = {was.get(word, 'NONE')}" for word in ("RESTRICT", "JOIN") if was.get(word) != now.get(word)]
        return [execute(f"ALTER {rights.phrase(operator)} SET ({', '.join(words)})")]
    return [*drop(operator), *create_operator(operator)]


def create_operator_class(subject: Subject) -> list[str]:
    name, _, method = subject.sql.rpartition(" using ")
    default = "DEFAULT " if subject.get("definition").startswith("DEFAULT ") else ""
    rest = subject.get("definition").removeprefix("DEFAULT ").rpartition(" USING ")[0]
    parts = [f"OPERATOR {one}" for one in _signatures(subject.get("operators"))]
    parts += [f"FUNCTION {one}" for one in _signatures(subject.get("functions"))]
    parts += [f"STORAGE {subject.get('storage')}"] if subject.get("storage") else []
    made = execute(f"CREATE OPERATOR CLASS {name} {default}{rest} USING {method} AS {', '.join(parts)}")
    return [made, execute(f"ALTER OPERATOR CLASS {subject.sql} OWNER TO {identifier(subject.get('owner'))}")]


def _signatures(text: str) -> list[str]:
    """``1 <(integer,integer), 2 ...``, with a blank before the bracket."""
    return [f"{number} {name} ({arguments})" for number, name, arguments in _SIGNATURE.findall(text)]


_SIGNATURE = re.compile(r"(\d+) ([^(]+)\(([^)]*)\)")


def create_cast(cast: Subject) -> list[str]:
    how = {"f": f"WITH FUNCTION {cast.get('function')}", "i": "WITH INOUT", "b": "WITHOUT FUNCTION"}
    context = {"e": "", "a": " AS ASSIGNMENT", "i": " AS IMPLICIT"}[cast.get("context")]
    made = execute(f"CREATE {rights.phrase(cast)} {how[cast.get('method')]}{context}")
    return [made, *([rights.comment(rights.phrase(cast), cast.get("comment"))] if cast.get("comment") else [])]


def create_trigger(trigger: Subject) -> list[str]:
    return [execute(trigger.get("definition")), *_beside(trigger)]


def create_rule(rule: Subject) -> list[str]:
    return [execute(rule.get("definition").rstrip(";")), *_beside(rule)]


def _beside(subject: Subject) -> list[str]:
    found = [] if subject.get("enabled") in ("origin", "O") else _firing(subject, subject.get("enabled"))
    return found + ([rights.comment(rights.phrase(subject), subject.get("comment"))] if subject.get("comment") else [])


def change_firing(create: Callable[[Subject], list[str]]) -> Callable[[Subject, str, str, str], list[str]]:
    """For what is switched on and off by ALTER, and made anew for all else."""

    def change(subject: Subject, name: str, before: str, _after: str) -> list[str]:
        if name == "enabled":
            return _firing(subject, before)
        return [*drop(subject), *create(subject)]

    return change


def _firing(subject: Subject, mode: str) -> list[str]:
    if subject.key.kind == "event trigger":
        return [execute(f"ALTER EVENT TRIGGER {subject.sql} {_FIRING[mode]}")]
    words = _FIRING[mode].split()
    verb = " ".join((*words, subject.key.kind.upper()))
    return [execute(f"ALTER TABLE {subject.on.sql} {verb} {subject.on.own}")]


def wake_foreign_key(subject: Subject) -> list[str]:
    table = Name.of(subject.get("of"), own=False).sql
    return [
        note("this wakes the table's own triggers too; put those that slept before to sleep again"),
        execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL"),
    ]


def silence_foreign_key(subject: Subject) -> list[str]:
    table = Name.of(subject.get("of"), own=False).sql
    return [
        note("this puts all of the table's triggers to sleep, as only a superuser may"),
        execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL"),
    ]


def create_policy(policy: Subject) -> list[str]:
    kind = "" if policy.get("permissive") == "yes" else " AS RESTRICTIVE"
    roles = ", ".join("PUBLIC" if role == "public" else identifier(role) for role in policy.get("roles").split(", "))
    using = f" USING ({policy.get('using')})" if policy.get("using") else ""
    check = f" WITH CHECK ({policy.get('with check')})" if policy.get("with check") else ""
    made = f"CREATE {rights.phrase(policy)}{kind} FOR {_COMMANDS[policy.get('command')]} TO {roles}{using}{check}"
    comment = [rights.comment(rights.phrase(policy), policy.get("comment"))] if policy.get("comment") else []
    return [execute(made), *comment]


def create_event_trigger(trigger: Subject) -> list[str]:
    tags = ", ".join(f"'{tag}'" for tag in trigger.get("tags").split(", ") if tag)
    when = f" WHEN TAG IN ({tags})" if tags else ""
    made = (
        f"CREATE EVENT TRIGGER {trigger.sql} ON {trigger.get('event')}{when} EXECUTE FUNCTION {trigger.get('function')}"
    )
    enabled = [] if trigger.get("enabled") == "O" else _firing(trigger, trigger.get("enabled"))
    return [execute(made), *enabled, *rights.rights_of_new(trigger)]


def create_statistics(statistics: Subject) -> list[str]:
    target = change_statistics(statistics, "target", statistics.get("target"), "") if statistics.get("target") else []
    return [execute(statistics.get("definition")), *target, *rights.rights_of_new(statistics)]


def change_statistics(statistics: Subject, name: str, before: str, _after: str) -> list[str]:
    if name == "target":
        return [execute(f"ALTER STATISTICS {statistics.sql} SET STATISTICS {before or -1}")]
    return [*drop(statistics), *create_statistics(statistics)]
