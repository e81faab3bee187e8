"""What stands in the way of a restore, found out before anything is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy.engine import Connection

from fingood.backup.content import Content
from fingood.backup.databases import Database
from fingood.backup.queries import ask
from fingood.errors import Blocked

_PREDEFINED = re.compile(r"pg_")
_GRANTEE = re.compile(r'(?:^|, |[{,])("?)([^",={}]+)\1=')


def require_way(connection: Connection, live: Database | None, name: str, content: Content) -> None:
    """Raises Blocked with everything that stands in the way: rights, roles, extensions, transactions that stay."""
    found = tuple(_obstacles(connection, live, name, content))
    if found:
        more = f" (and {len(found) - 1} more: {'; '.join(what for what, _ in found[1:])})" if len(found) > 1 else ""
        raise Blocked(f"{found[0][0]}{more}; nothing was changed", hint="; ".join(how for _, how in found if how))


def _obstacles(connection: Connection, live: Database | None, name: str, content: Content) -> Iterator[tuple[str, str]]:
    """Each as what and what to do."""
    me = ask(connection, "rights")[0]
    if not me["creates"]:
        yield f"role {me['name']} may not create databases", f'ALTER ROLE "{me["name"]}" CREATEDB'
    if live is not None:
        yield from _of_database(me["name"], live)
    owners, named = _roles_in(content)
    roles = {row["name"]: bool(row["ours"]) for row in ask(connection, "roles")}
    missing = sorted(role for role in named if role not in roles)
    if missing:
        yield f"the server has no role {', '.join(missing)}", "CREATE ROLE for each, with the rights it had"
    others = sorted(role for role in owners if not roles.get(role, True))
    if others and not me["superuser"]:
        yield (
            f"role {me['name']} may not give objects to {', '.join(others)}",
            f'GRANT "{others[0]}" TO "{me["name"]}", or connect as a superuser',
        )
    there = {row["name"]: bool(row["trusted"]) for row in ask(connection, "extensions")}
    wanted = [key.name.strip('"') for key in content.snapshot.objects if key.kind == "extension"]
    lacking = sorted(extension for extension in wanted if extension not in there)
    if lacking:
        yield f"the server lacks the extension {', '.join(lacking)}", "install it on the server"
    places = {props["tablespace"] for props in content.snapshot.objects.values() if props.get("tablespace")}
    if live is None and content.source is not None:
        places.add(content.source.tablespace)
    missing_places = sorted(places - {row["name"] for row in ask(connection, "tablespaces")})
    if missing_places:
        yield f"the server has no tablespace {', '.join(missing_places)}", "CREATE TABLESPACE for each"
    locked = sorted(one for one in wanted if one != "plpgsql" and not there.get(one, True))
    if locked and not me["superuser"]:
        yield f"role {me['name']} may not create the extension {', '.join(locked)}", "connect as a superuser"


def _of_database(me: str, live: Database) -> Iterator[tuple[str, str]]:
    if not live.ours:
        yield (
            f"role {me} does not own database {live.name}, {live.owner} does",
            f'connect as {live.owner}, or GRANT "{live.owner}" TO "{me}"',
        )
    if live.prepared:
        yield (
            f"prepared transactions are open in {live.name}: {live.prepared}",
            "COMMIT PREPARED or ROLLBACK PREPARED each of pg_prepared_xacts",
        )


def _roles_in(content: Content) -> tuple[set[str], set[str]]:
    """The roles that own what the backup holds, and all that it names."""
    known = {role.name for role in content.source.roles} if content.source else set()
    objects = [props for key, props in content.snapshot.objects.items() if key.kind not in ("database", "extension")]
    owners = {props["owner"] for props in objects if "owner" in props} & known
    grants = [props["grants"] for props in objects if "grants" in props]
    granted = {match[2] for text in grants for match in _GRANTEE.finditer(text)} & known
    return owners, {role for role in owners | granted if not _PREDEFINED.match(role)}
