"""The matrix of ways back, read from the .toml files beside this one, as revisions of one Alembic project.

Each case has a schema of its own, so that many can be tried at once in one revision and none disturbs another.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_SCHEMA = re.compile(r"(?<![\w$])\$(?![\w$])")

INI = "[alembic]\nscript_location = %(here)s/migrations\n"
ENV = """
from alembic import context
from sqlalchemy import create_engine, pool

target_metadata = context.config.attributes.get("target_metadata")
engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=target_metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
REVISION = '''"""{id}"""
import sqlalchemy as sa
from alembic import op
revision = "{id}"
down_revision = {down!r}


def upgrade():
    {up}


def downgrade():
    {back}
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``finds`` is (check, object, property); empty for a way back that is right. ``remedy`` says why no code restores
    the schema."""

    name: str
    group: str
    base: str
    up: str
    down: str
    finds: tuple[str, str, str] | None = None
    judgement: str = ""
    python: bool = False
    remedy: str = ""

    @property
    def statements(self) -> str:
        """The SQL that makes what the revision finds."""
        return f"CREATE SCHEMA {self.name}; SET search_path = {self.name}; {self.base}; RESET search_path"

    @property
    def upgrade(self) -> str:
        return self._body(self.up)

    @property
    def downgrade(self) -> str:
        return self._body(self.down)

    def _body(self, text: str) -> str:
        if not text:
            return "pass"
        if self.python:
            return text
        escaped = text.replace("\\", "\\\\")
        quotes = '"""'
        return (
            f'op.execute("SET search_path = {self.name}"); op.execute({quotes}{escaped} {quotes}); '
            f'op.execute("RESET search_path")'
        )


def load_cases(file: str, *, user: str = "postgres") -> list[Case]:
    """The cases of one file. ``user`` is the name of the role that runs them."""
    sections = tomllib.loads((HERE / file).read_text(encoding="utf-8"))
    return [_case(group, name, body, user) for group, cases in sections.items() for name, body in cases.items()]


def _case(group: str, name: str, body: dict[str, str | bool], user: str) -> Case:
    def text(key: str) -> str:
        return _SCHEMA.sub(name, str(body.get(key, ""))).replace("{user}", user)

    found = [part.strip() for part in text("finds").split("|")]
    return Case(
        name=name,
        group=group,
        base=text("base") or "SELECT 1",
        up=text("up"),
        down=text("down"),
        finds=(found[0], found[1], found[2]) if len(found) == 3 else None,
        judgement=text("judgement") or ("lossy" if "finds" in body else ""),
        python=bool(body.get("python")),
        remedy=text("remedy"),
    )


def lay_project(root: Path, revisions: Iterable[tuple[str, str | None, str, str]]) -> None:
    """Writes an Alembic project; each revision is its id, the one below, and the two bodies."""
    (root / "migrations" / "versions").mkdir(parents=True)
    (root / "alembic.ini").write_text(INI, encoding="utf-8")
    (root / "migrations" / "env.py").write_text(ENV, encoding="utf-8")
    for id_, down, up, back in revisions:
        text = REVISION.format(id=id_, down=down, up=up, back=back)
        (root / "migrations" / "versions" / f"{id_}.py").write_text(text, encoding="utf-8")


def together(cases: Iterable[Case]) -> tuple[str, str]:
    """The bodies of one revision that does what all the cases do."""
    ups, backs = zip(*((case.upgrade, case.downgrade) for case in cases), strict=True)
    return "\n    ".join(ups), "\n    ".join(backs)
