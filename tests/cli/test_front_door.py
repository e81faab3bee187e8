"""The command line's frame: every verb is there, wrong words get one line and exit code 2."""

from __future__ import annotations

import importlib
import os
import shlex
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

import click
import pytest

from fingood.cli.main import run
from fingood.cli.verbs import VERBS, Verb
from fingood.errors import ExitCode


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_of_the_table_is_a_command_with_help(verb: Verb, capsys: pytest.CaptureFixture[str]) -> None:
    command = importlib.import_module(verb.module_name).command
    assert isinstance(command, click.Command)
    assert command.help
    assert command.help.split()[:1] == verb.summary.split()[:1], "the table and the command say different things"
    assert run([verb.name, "--help"]) == ExitCode.CLEAN
    assert "Usage:" in capsys.readouterr().out


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_option_says_what_it_does(verb: Verb) -> None:
    command = importlib.import_module(verb.module_name).command
    commands = [command, *getattr(command, "commands", {}).values()]
    silent = [
        f"{each.name} {option.opts}"
        for each in commands
        for option in each.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert not silent


def test_help_groups_the_verbs_by_what_one_wants_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == ExitCode.CLEAN
    shown = capsys.readouterr().out
    assert [heading for heading in dict.fromkeys(v.heading for v in VERBS) if f"{heading}:" not in shown] == []


def test_a_mistyped_verb_gets_its_nearest_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["chekc"]) == ExitCode.USAGE
    assert "did you mean check" in capsys.readouterr().err


def test_a_mistyped_option_gets_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "abc", "--levle", "high"]) == ExitCode.USAGE
    shown = capsys.readouterr().err
    assert "--level" in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize("name", ["check", "validate", "test-rollback", "validate-all", "doctor", "config"])
def test_commands_share_the_output_options(name: str) -> None:
    verb = next(verb for verb in VERBS if verb.name == name)
    command = importlib.import_module(verb.module_name).command
    offered = {word for option in command.params for word in option.opts}
    assert {"--format", "--output", "-q", "-v", "--database-url", "--environment", "-c"} <= offered


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_what_the_system_refuses_is_no_fault_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    def write() -> None:
        with open("/dev/full", "w") as file:
            file.write("x")

    assert run([], command=write) == ExitCode.COULD_NOT_LOOK
    shown = capsys.readouterr().err
    assert "No space left on device" in shown
    assert "fault of fingood" not in shown


def test_a_file_that_is_not_there_is_still_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    def read() -> None:
        open("/no/such/file")  # noqa: SIM115 - it does not open

    assert run([], command=read) == ExitCode.INTERNAL
    assert "FileNotFoundError" in capsys.readouterr().err


def started(*words: str, redirect: str = "", folder: Path | None = None, **variables: str) -> CompletedProcess[str]:
    """``fingood`` in a shell of its own, with the shell's redirections."""
    command = " ".join(map(shlex.quote, (sys.executable, "-m", "fingood", *words)))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **variables}
    return subprocess.run(
        ["/bin/sh", "-c", f"{command} {redirect}"], cwd=folder, env=environment, capture_output=True, check=False,
        encoding=variables.get("PYTHONIOENCODING", "utf-8").partition(":")[0],
    )  # fmt: skip


@pytest.mark.parametrize("redirect", [">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.usefixtures("real_starts")
def test_a_closed_stream_is_nobody_who_listens(tmp_path: Path, redirect: str) -> None:
    assert run(["init", str(tmp_path), "-q"]) == ExitCode.CLEAN
    done = started("validate-docs", redirect=redirect, folder=tmp_path)
    assert done.returncode == ExitCode.CLEAN
    assert "fault of fingood" not in done.stderr


@pytest.mark.usefixtures("real_starts")
def test_a_terminal_of_another_encoding_gets_every_line(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path), "-q"]) == ExitCode.CLEAN
    done = started("validate-docs", folder=tmp_path, PYTHONIOENCODING="latin-1:strict")
    assert done.returncode == ExitCode.CLEAN
    assert "documents hold" in done.stdout
    assert "checks passed" in done.stdout
    assert "UnicodeEncodeError" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
@pytest.mark.usefixtures("real_starts")
def test_a_folder_whose_name_is_no_text_is_told(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    assert run(["init", str(folder), "-q"]) == ExitCode.CLEAN
    done = started("health-check", folder=folder, DATABASE_URL="sqlite:///bank.db")
    assert done.returncode == ExitCode.USAGE
    assert "bytes that are no letters" in done.stderr


@pytest.mark.usefixtures("real_starts")
def test_a_working_folder_that_was_removed_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    words = " ".join(map(shlex.quote, (sys.executable, "-m", "fingood", "doctor")))
    done = subprocess.run(
        ["/bin/sh", "-c", f"rmdir ../gone && {words}"], cwd=gone, capture_output=True, text=True, check=False
    )
    assert done.returncode == ExitCode.USAGE
    assert "working directory is not there any more" in done.stderr
