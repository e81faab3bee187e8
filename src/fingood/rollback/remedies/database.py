"""What belongs to a database as a whole: schemas, extensions, publications, privileges, settings, foreign servers,
text search, collations and conversions, languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from fingood.rollback.remedies import rights
from fingood.rollback.remedies.code import (
    Name,
    Subject,
    execute,
    identifier,
    note,
    options_of,
    server_options,
    split,
    text_literal,
)

_LISTS = ("search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries")
_DICTIONARY = re.compile(r"(\w+|\"[^\"]+\") = ('(?:[^']|'')*')")
_PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin", "d": "default"}


def drop(subject: Subject) -> list[str]:
    return [execute(f"DROP {rights.phrase(subject)}")]


def create(subject: Subject) -> list[str]:
    """``CREATE KIND name`` with the definition as the server's catalogs give it."""
    words = {
        "schema": "", "access method": subject.get("definition"), "foreign data wrapper": subject.get("definition"),
        "foreign server": _server(subject), "collation": _collation(subject.get("definition")),
    }[subject.key.kind]  # fmt: skip
    return [execute(f"CREATE {rights.phrase(subject)} {words}".strip()), *rights.rights_of_new(subject)]


def again(subject: Subject) -> list[str]:
    return [*drop(subject), *create(subject)]


def _server(server: Subject) -> str:
    options = options_of(server.get("options")) if server.key.kind == "foreign server" else {}
    listed = ", ".join(f"{identifier(name)} {text_literal(value)}" for name, value in options.items())
    return server.get("definition") + (f" OPTIONS ({listed})" if listed else "")


def _collation(definition: str) -> str:
    """The catalog's row as words; the locale's column had other names before version 17."""
    if not definition.startswith("{"):
        return ""
    row = json.loads(definition)
    locale = row.get("colllocale") or row.get("colliculocale")
    parts = [f"provider = {_PROVIDERS[row['collprovider']]}"]
    if locale:
        parts.append(f"locale = {text_literal(locale)}")
    else:
        parts += [f"lc_collate = {text_literal(row['collcollate'])}", f"lc_ctype = {text_literal(row['collctype'])}"]
    if row.get("collisdeterministic") is False:
        parts.append("deterministic = false")
    if row.get("collicurules"):
        parts.append(f"rules = {text_literal(row['collicurules'])}")
    return f"({', '.join(parts)})"


def change_server(server: Subject, name: str, before: str, after: str) -> list[str]:
    if name == "options" and server.key.kind == "foreign server":
        return [execute(f"ALTER SERVER {server.sql} OPTIONS ({server_options(before, after)})")]
    return again(server)


def drop_user_mapping(mapping: Subject) -> list[str]:
    return [execute(f"DROP USER MAPPING FOR {_mapped(mapping)}")]


def create_user_mapping(mapping: Subject) -> list[str]:
    return [
        note("add the user's OPTIONS (user ..., password ...): the proof does not read them"),
        execute(f"CREATE USER MAPPING FOR {_mapped(mapping)}"),
    ]


def _mapped(mapping: Subject) -> str:
    server, user = split(mapping.key.name)
    return f"{'PUBLIC' if user == 'public' else identifier(user)} SERVER {identifier(server)}"


def create_extension(extension: Subject) -> list[str]:
    schema, version = identifier(extension.get("schema")), text_literal(extension.get("version"))
    return [execute(f"CREATE EXTENSION {extension.sql} SCHEMA {schema} VERSION {version}")]


def change_extension(extension: Subject, name: str, before: str, _after: str) -> list[str]:
    if name == "schema":
        return [execute(f"ALTER EXTENSION {extension.sql} SET SCHEMA {identifier(before)}")]
    if name == "version":
        return [
            note("where the extension has no script for the way back, take a backup before the upgrade"),
            execute(f"ALTER EXTENSION {extension.sql} UPDATE TO {text_literal(before)}"),
        ]
    return [note(f"an extension's owner cannot be changed: let {before} make it")]


def create_conversion(conversion: Subject) -> list[str]:
    source, target, function, default = conversion.get("definition").split(" ")
    word = "DEFAULT " if default == "t" else ""
    made = f"CREATE {word}CONVERSION {conversion.sql} FOR '{source}' TO '{target}' FROM {function}"
    return [execute(made), *rights.rights_of_new(conversion)]


def create_language(language: Subject) -> list[str]:
    trusted = "TRUSTED " if language.get("trusted") == "yes" else ""
    made = f"CREATE {trusted}LANGUAGE {language.sql} {language.get('definition')}"
    return [execute(made), *rights.rights_of_new(language)]


def create_dictionary(dictionary: Subject) -> list[str]:
    template, _, options = dictionary.get("definition").partition(" ")
    inside = f"TEMPLATE = {template}" + (f", {options}" if options else "")
    return [execute(f"CREATE {rights.phrase(dictionary)} ({inside})"), *rights.rights_of_new(dictionary)]


def change_dictionary(dictionary: Subject, _name: str, before: str, after: str) -> list[str]:
    """Options can be set one by one, the template cannot."""
    if before.partition(" ")[0] != after.partition(" ")[0]:
        return [*drop(dictionary), *create_dictionary(dictionary)]
    was, now = dict(_DICTIONARY.findall(before)), dict(_DICTIONARY.findall(after))
    words = [f"{option} = {value}" for option, value in was.items()] + [option for option in now if option not in was]
    return [execute(f"ALTER {rights.phrase(dictionary)} ({', '.join(words)})")]


def create_configuration(configuration: Subject) -> list[str]:
    made = execute(f"CREATE {rights.phrase(configuration)} (PARSER = {configuration.get('parser')})")
    return [made, *_mappings(configuration), *rights.rights_of_new(configuration)]


def _mappings(configuration: Subject) -> Iterator[str]:
    for mapping in filter(None, configuration.get("definition").split("; ")):
        yield execute(f"ALTER {rights.phrase(configuration)} ADD MAPPING FOR {mapping}")


def change_configuration(configuration: Subject, name: str, before: str, after: str) -> list[str]:
    if name != "definition":
        return [*drop(configuration), *create_configuration(configuration)]
    was, now = (dict(one.split(" WITH ") for one in text.split("; ") if one) for text in (before, after))
    name_ = rights.phrase(configuration)
    steps = [f"DROP MAPPING FOR {token}" for token in now if token not in was]
    steps += [f"ADD MAPPING FOR {token} WITH {by}" for token, by in was.items() if token not in now]
    steps += [f"ALTER MAPPING FOR {token} WITH {by}" for token, by in was.items() if now.get(token, by) != by]
    return [execute(f"ALTER {name_} {step}") for step in steps]


def create_publication(publication: Subject) -> list[str]:
    options = json.loads(publication.get("options"))
    every = " FOR ALL TABLES" if options["puballtables"] else ""
    members = f" FOR {_members(publication)}" if _members(publication) else ""
    made = f"CREATE PUBLICATION {publication.sql}{every or members} WITH ({_publish(options)})"
    return [execute(made), *rights.rights_of_new(publication)]


def _members(publication: Subject) -> str:
    tables = f"TABLE {publication.get('tables')}" if publication.get("tables") else ""
    schemas = f"TABLES IN SCHEMA {publication.get('schemas')}" if publication.get("schemas") else ""
    return ", ".join(filter(None, (tables, schemas)))


def _publish(options: dict[str, object]) -> str:
    operations = [word for word in ("insert", "update", "delete", "truncate") if options[f"pub{word}"]]
    root = ", publish_via_partition_root = true" if options.get("pubviaroot") else ""
    return f"publish = '{', '.join(operations)}'{root}"


def change_publication(publication: Subject, name: str, before: str, after: str) -> list[str]:
    if name == "options":
        was, now = json.loads(before), json.loads(after)
        if was["puballtables"] == now["puballtables"]:
            root = f", publish_via_partition_root = {str(bool(was.get('pubviaroot'))).lower()}"
            words = _publish({**was, "pubviaroot": False}) + root
            return [execute(f"ALTER PUBLICATION {publication.sql} SET ({words})")]
    elif members := _members(publication):
        return [execute(f"ALTER PUBLICATION {publication.sql} SET {members}")]
    return [*drop(publication), *create_publication(publication)]


def create_subscription(subscription: Subject) -> list[str]:
    return [
        note(
            f"CREATE SUBSCRIPTION {subscription.key.name} CONNECTION '...' PUBLICATION "
            f"{subscription.get('publications')} WITH (slot_name = {subscription.get('slot')}, create_slot = false): "
            "the proof does not read the connection"
        )
    ]


def change_subscription(subscription: Subject, name: str, before: str, _after: str) -> list[str]:
    words = {
        "enabled": "ENABLE" if before == "yes" else "DISABLE",
        "slot": f"SET (slot_name = {before or 'NONE'})",
        "publications": f"SET PUBLICATION {before} WITH (refresh = false)",
    }
    return [execute(f"ALTER SUBSCRIPTION {subscription.sql} {words[name]}")] if name in words else []


def set_default_privileges(subject: Subject, before: str, after: str) -> list[str]:
    schema, role, kind = split(subject.key.name)
    inside = "" if schema == "(every schema)" else f" IN SCHEMA {identifier(schema)}"
    prefix = f"ALTER DEFAULT PRIVILEGES FOR ROLE {identifier(role)}{inside} "
    return list(rights.between(kind.upper(), rights.parse(before), rights.parse(after), prefix=prefix))


def change_database(_subject: Subject, name: str, before: str, after: str) -> list[str]:
    """The database's name differs from place to place, so it is asked for."""
    if name == "comment":
        return [_here("COMMENT ON DATABASE %I IS " + (text_literal(before) if before else "NULL"))]
    if name == "grants":
        return [_here(line) for line in rights.statements("DATABASE %I", rights.parse(before), rights.parse(after))]
    return [_here(line) for line in _settings(before, after)] if name == "settings" else []


def _here(statement: str) -> str:
    escaped = statement.replace("%I", "\0").replace("%", "%%").replace("\0", "%I")
    return execute(f"DO $do$ BEGIN EXECUTE format({text_literal(escaped)}, current_database()); END $do$")


def _settings(before: str, after: str) -> Iterator[str]:
    was, now = _by_role(before), _by_role(after)
    for role in {**was, **now}:
        target = "ALTER DATABASE %I" if role == "everybody" else f"ALTER ROLE {identifier(role)} IN DATABASE %I"
        wanted, held = was.get(role, {}), now.get(role, {})
        for name in {**wanted, **held}:
            if name not in wanted:
                yield f"{target} RESET {name}"
            elif wanted[name] != held.get(name):
                value = wanted[name] if name in _LISTS else text_literal(wanted[name])
                yield f"{target} SET {name} = {value}"


def _by_role(text: str) -> dict[str, dict[str, str]]:
    return {part.partition(": ")[0]: options_of(part.partition(": ")[2]) for part in text.split("; ") if part}


def set_security_label(subject: Subject, label: str) -> list[str]:
    provider, _, target = subject.key.name.partition(" ")
    value = text_literal(label) if label else "NULL"
    return [execute(f"SECURITY LABEL FOR {identifier(provider)} ON {target} IS {value}")]


def large_objects(subject: Subject) -> list[str]:
    return [
        note(
            f"large objects of {Name.of(subject.key.name, own=False).table}: let upgrade() keep the OIDs that it makes "
            "in a table, and lo_unlink() each of them here; one that is gone comes back from a backup only"
        )
    ]
