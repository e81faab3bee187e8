"""The second door: the scripts under a project's migrations/ folder call in here.

A stub there passes its own ``__file__`` as ``home``, so that the project is found from the script and not from the
working directory.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from fingood.cli.main import main
from fingood.cli.verbs import find_verb


def run_script(verb: str, *, home: str, argv: Sequence[str] | None = None) -> NoReturn:
    """Runs one verb for the project that the script ``home`` belongs to, and exits."""
    _leave_home(home)
    main(argv, command=_command(verb), name=os.path.basename(home))
    raise AssertionError("main exits")


def run_group(verbs: Sequence[str], *, home: str, argv: Sequence[str] | None = None) -> NoReturn:
    """Runs a script that offers several verbs (``safety_cli.py check ...``), and exits."""
    _leave_home(home)
    group = click.Group(
        os.path.basename(home),
        commands={verb: _command(verb) for verb in verbs},
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    main(argv, command=group, name=os.path.basename(home))
    raise AssertionError("main exits")


def _leave_home(home: str) -> None:
    """Makes the project of ``home`` the one that is found, unless the user named another.

    Also takes the script's own folder from the front of sys.path: migrations/docs, migrations/safety and
    migrations/tests would otherwise shadow packages of those names.
    """
    import sys

    folder = str(Path(home).resolve().parent)
    sys.path[:] = [entry for entry in sys.path if str(Path(entry or ".").resolve()) != folder]
    os.environ.setdefault("FINGOOD_HOME", folder)


def _command(verb: str) -> click.Command:
    found = find_verb(verb)
    assert found is not None, verb
    command = importlib.import_module(found.module_name).command
    assert isinstance(command, click.Command)
    return command
