"""An Alembic project in a temporary folder, driven as users drive it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from fingood.audit import AuditLog
from fingood.model.event import AuditEvent

_INI = """
[alembic]
script_location = %(here)s/migrations
prepend_sys_path = .
path_separator = os

[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = WARNING
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = plain
[formatter_plain]
format = %(levelname)s %(message)s
"""


@dataclass(slots=True)
class GuardedProject:
    """``settings`` are lines of [tool.fingood]."""

    root: Path
    url: str
    settings: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    last: str = "None"

    def __post_init__(self) -> None:
        scaffold = resources.files("fingood") / "migrations"
        (self.root / "migrations" / "versions").mkdir(parents=True)
        (self.root / "alembic.ini").write_text(_INI)
        (self.root / "pyproject.toml").write_text(f"[tool.fingood]\n{self.settings}\n")
        for name in ("env.py", "script.py.mako"):
            (self.root / "migrations" / name).write_text((scaffold / name).read_text())

    def env(self, old: str, new: str) -> None:
        """Changes env.py."""
        path = self.root / "migrations" / "env.py"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def revision(self, id_: str, upgrade: str, downgrade: str = "pass") -> Path:
        """Adds a revision above the last one."""
        path = self.root / "migrations" / "versions" / f"{id_}.py"
        head = f'"""{id_}"""\nimport os, time\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        ids = f'revision = "{id_}"\ndown_revision = {self.last}\nbranch_labels = None\ndepends_on = None\n\n'
        body = f"def upgrade():\n{_indented(upgrade)}\n\ndef downgrade():\n{_indented(downgrade)}\n"
        path.write_text(head + ids + body)
        self.last = repr(id_)
        return path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FINGOOD_")}
        environment |= {"DATABASE_URL": self.url, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        return subprocess.Popen(
            [sys.executable, "-m", "alembic", *arguments],
            cwd=self.root,
            env=environment | self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def alembic(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    @property
    def log(self) -> AuditLog:
        return AuditLog(self.root / ".fingood" / "audit.jsonl")

    def events(self) -> list[AuditEvent]:
        return list(self.log.events())

    def story(self) -> list[tuple[str, str]]:
        """What happened, as pairs of kind and subject."""
        return [(event.kind.value.removeprefix("migration_"), event.subject) for event in self.events()]


def _indented(code: str) -> str:
    return textwrap.indent(textwrap.dedent(code).strip(), "    ")
