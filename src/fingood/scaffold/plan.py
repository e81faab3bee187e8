"""The plan of an `init`: every file of the scaffold, its state in the project, and what is done about it."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from fingood.errors import ConfigError
from fingood.scaffold.existing import AlembicSetup, find_alembic
from fingood.scaffold.files import FILES, Care, ScaffoldFile
from fingood.scaffold.marker import read_marker


class State(Enum):
    """How a file of the project compares with the scaffold's."""

    MISSING = "missing"
    CURRENT = "current"
    OUTDATED = "outdated"
    CHANGED = "changed"
    YOURS = "yours"
    LEFT_OUT = "left out"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One file. ``rewrite`` says that carrying out the plan replaces a stub nobody changed."""

    file: ScaffoldFile
    path: Path
    state: State
    rewrite: bool = False

    @property
    def writes(self) -> bool:
        return self.state is State.MISSING or self.rewrite

    @property
    def drifted(self) -> bool:
        """Whether --check counts it: something is missing, older than the library, or a stub was changed."""
        return self.state in (State.MISSING, State.OUTDATED, State.CHANGED)

    def difference(self) -> str:
        """A unified diff from the project's file to the scaffold's."""
        before = _read(self.path).splitlines(keepends=True)
        after = self.file.text.splitlines(keepends=True)
        return "".join(difflib.unified_diff(before, after, f"yours/{self.file.path}", f"fingood/{self.file.path}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The whole plan for one folder. ``alembic`` is the set-up that was there before, None in a fresh folder."""

    root: Path
    alembic: AlembicSetup | None
    steps: tuple[Step, ...]

    def in_state(self, state: State) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.state is state)


def plan_layout(root: Path, *, upgrade: bool = False) -> Layout:
    """What `init` would do in ``root``. ``upgrade`` also rewrites stubs that are older and unchanged.

    Raises ConfigError when the folder is no folder, or lies inside the script location of another project.
    """
    _refuse_bad_root(root)
    alembic = find_alembic(root)
    examples_known = {file for file in FILES if (root / file.path).parent.is_dir()}
    steps = tuple(_step(root, file, alembic, upgrade=upgrade, known=file in examples_known) for file in FILES)
    return Layout(root=root, alembic=alembic, steps=steps)


def carry_out(layout: Layout) -> None:
    """Writes what the plan writes. Each file appears whole or not at all.

    Raises ConfigError when a file cannot be written.
    """
    for step in layout.steps:
        if step.writes:
            _write(step.path, step.file.text)


def _refuse_bad_root(root: Path) -> None:
    if root.exists() and not root.is_dir():
        raise ConfigError(f"{root} is a file", hint="name a folder: fingood init FOLDER")
    if (root / "env.py").is_file() and (root / "script.py.mako").is_file():
        raise ConfigError(
            f"{root} is itself a folder of migrations", hint=f"run it for the project: fingood init {root.parent}"
        )


def _step(root: Path, file: ScaffoldFile, alembic: AlembicSetup | None, *, upgrade: bool, known: bool) -> Step:
    path = root / file.path
    state = _state(path, file, alembic, known=known)
    return Step(file=file, path=path, state=state, rewrite=upgrade and state is State.OUTDATED)


def _state(path: Path, file: ScaffoldFile, alembic: AlembicSetup | None, *, known: bool) -> State:
    if path.is_file():
        return _state_of_present(path, file)
    if path.exists():
        raise ConfigError(f"{path} is a folder where a file belongs", hint="move it away and run fingood init again")
    if file.alembic and alembic is not None and not _belongs(path, alembic, file.care):
        return State.LEFT_OUT
    return State.LEFT_OUT if file.care is Care.ONCE and known else State.MISSING


def _belongs(path: Path, alembic: AlembicSetup, care: Care) -> bool:
    """Whether a missing piece of Alembic's set-up is one that the project's own configuration asks for."""
    location = alembic.script_location
    if care is Care.ONCE and location.is_dir():
        return False
    return path.resolve().is_relative_to(location.resolve())


def _state_of_present(path: Path, file: ScaffoldFile) -> State:
    text = _read(path)
    if text == file.text:
        return State.CURRENT
    if file.care is not Care.STUB:
        return State.YOURS
    marker = read_marker(text)
    return State.OUTDATED if marker is not None and marker.intact else State.CHANGED


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8", newline="\n")
        os.replace(partial, path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}", hint="check the folder's rights") from error
