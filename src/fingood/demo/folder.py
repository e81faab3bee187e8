"""The demo's folder: taken when it is ours to take, whole at the end, or as it was before."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from fingood.demo.interruption import deferred_signals
from fingood.errors import ConfigError

MARK = ".fingood-demo.json"
# What runs leave behind: nobody's work is lost with it.
_LEAVINGS = {".fingood", "__pycache__", ".pytest_cache"}


@contextmanager
def take_folder(folder: Path) -> Iterator[Path]:
    """A folder to lay the demo into. It stays when the block ends well; else nothing of it is left.

    An earlier demo in which nothing was changed is replaced. Raises ConfigError where the folder holds anything else or
    cannot be written.
    """
    root = folder.absolute()
    made = [path for path in (root, *root.parents) if not path.exists()]
    with _told(folder):
        _clear_for_us(root)
    try:
        with _told(folder):
            root.mkdir(parents=True, exist_ok=True)
            (root / MARK).write_text(_mark({}), encoding="utf-8")
        yield root
        with deferred_signals():
            (root / MARK).write_text(_mark(_contents(root)), encoding="utf-8")
    except BaseException:
        with deferred_signals():
            _leave(root, made)
        raise


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(f"cannot write into {folder}: {error.strerror}", hint="name another folder") from None


def _leave(root: Path, made: Sequence[Path]) -> None:
    if root.is_dir():
        _empty(root)
    for path in made:
        with suppress(OSError):  # somebody else put something there, or it was never made
            path.rmdir()


def _clear_for_us(root: Path) -> None:
    """Empties the folder of an earlier demo; raises where it holds what nobody could lay again."""
    if not root.exists():
        return
    if not root.is_dir():
        raise ConfigError(f"{root} is a file", hint="name a folder: fingood demo FOLDER")
    there = [path for path in root.iterdir() if path.name not in _LEAVINGS]
    if not there:
        return
    if not (root / MARK).is_file():
        raise ConfigError(f"{root} is not empty", hint="name another folder: fingood demo FOLDER")
    laid = _read_mark(root)
    # An unfinished demo, of a run that was killed, holds nobody's work.
    if laid and (changed := sorted(_changed(laid, _contents(root)))):
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise ConfigError(
            f"{root} holds a demo in which {changed[0]}{more} was changed",
            hint="name another folder, or remove this one first",
        )
    _empty(root)


def _changed(laid: Mapping[str, str], there: Mapping[str, str]) -> set[str]:
    return {path for path in there if laid.get(path) != there[path]}


def _contents(root: Path) -> dict[str, str]:
    """Every file but the leavings of runs, with the hash of its bytes."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != MARK and not _LEAVINGS & set(path.relative_to(root).parts)
    }


def _mark(files: Mapping[str, str]) -> str:
    what = "a demo of fingood; 'fingood demo' may replace it while these files are as they were laid"
    return json.dumps({"what": what, "files": files}, indent=1) + "\n"


def _read_mark(root: Path) -> dict[str, str]:
    with suppress(ValueError, KeyError, TypeError):
        return dict(json.loads((root / MARK).read_text(encoding="utf-8"))["files"])
    raise ConfigError(f"{root / MARK} cannot be read", hint="name another folder, or remove this one first")


def _empty(root: Path) -> None:
    """Removes what lies in the folder; the mark last, so that a half emptied folder is still known as a demo."""
    for path in sorted(root.iterdir(), key=lambda path: path.name == MARK):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
