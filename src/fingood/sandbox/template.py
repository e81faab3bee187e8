"""The initdb template: made once per build of PostgreSQL, copied for every server (about 0.2 s instead of 1–2 s)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from fingood.errors import SandboxUnavailable
from fingood.sandbox.place import base_path, cache_dir, fill_once, identity, new_name, runnable_bin_dir, server_user
from fingood.sandbox.supplier import Binaries

SUPERUSER = "postgres"
# Raised when what initdb is asked for changes, so that templates of an earlier version are not taken.
_RECIPE = 1


def lay_data_directory(binaries: Binaries, target: Path) -> None:
    """A fresh data directory at ``target``, owned by the server's user, mode 0700. ``target`` must not exist."""
    template = cache_dir() / "templates" / f"{identity(binaries)}-{_RECIPE}"
    fill_once(template, lambda fresh: _run_initdb(binaries, fresh / "data"))
    user = server_user()
    shutil.copytree(template / "data", target, copy_function=shutil.copyfile)
    for directory, _, files in os.walk(target):
        os.chmod(directory, 0o700)
        for name in files:
            path = os.path.join(directory, name)
            os.chmod(path, 0o600)
            if user is not None:
                os.chown(path, user, user)
        if user is not None:
            os.chown(directory, user, user)


def server_environment() -> dict[str, str]:
    """The environment servers and client tools run in: ours without PG* and locale, so that no setting leaks in."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _run_initdb(binaries: Binaries, target: Path) -> None:
    """initdb, as the server's user, in a private directory; then moved to where it is kept."""
    user = server_user()
    home = base_path(new_name())
    home.mkdir(mode=0o700)
    if user is not None:
        os.chown(home, user, user)
    command = [str(runnable_bin_dir(binaries) / "initdb"), "-D", str(home / "data"), *_options(binaries.major)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=home, env=server_environment(),
            user=user, group=user, extra_groups=None if user is None else [],
        )  # fmt: skip
        if done.returncode != 0:
            raise SandboxUnavailable(
                f"initdb of PostgreSQL {binaries.version} ({binaries.supplier}) fails: {_last_line(done.stderr)}",
                hint="set PG_BIN to the binaries of another PostgreSQL, or sandbox.server to a server's URL",
            )
        shutil.move(home / "data", target)
    except OSError as error:
        raise SandboxUnavailable(
            f"initdb of PostgreSQL {binaries.version} ({binaries.supplier}) cannot run: {error.strerror}",
            hint=f"is there room and may programs run in {tempfile.gettempdir()}?",
        ) from error
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _options(major: int) -> list[str]:
    """Trust is enough: the only way in is a socket in a directory that nobody but the owner may enter."""
    common = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-instructions", "--no-sync"]
    if major >= 17:
        return [*common, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [*common, "--locale=C"]


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it says nothing"
