"""The command line's frame: every verb is there, wrong words get one line and exit code 2."""

from __future__ import annotations

import importlib

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
