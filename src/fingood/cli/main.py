"""The ``fingood`` command: a lazy group over the table of verbs."""

from __future__ import annotations

import difflib
import importlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby

import click

from fingood import __version__
from fingood.cli.verbs import VERBS, find_verb
from fingood.errors import ExitCode, FingoodError, refusal_of


class LazyGroup(click.Group):
    """Lists verbs from the table and imports a verb's module only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [verb.name for verb in VERBS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        verb = find_verb(cmd_name)
        if verb is None:
            return None
        command = importlib.import_module(verb.module_name).command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and find_verb(name) is None:
            near = difflib.get_close_matches(name, self.list_commands(ctx), n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else "fingood --help lists the commands"
            raise click.UsageError(f"no command '{name}'; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, verbs in groupby(VERBS, key=lambda verb: verb.heading):
            with formatter.section(heading):
                formatter.write_dl([(verb.name, verb.summary) for verb in verbs])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fingood")
def cli() -> None:
    """The safety layer for Alembic migrations of financial data.

    The main job: fingood check, fingood test-rollback, alembic upgrade head, fingood validate.
    """


def main(argv: Sequence[str] | None = None, *, command: click.Command | None = None, name: str = "fingood") -> None:
    """Runs the command line and exits. Every ending passes here, so that no traceback reaches a user unasked."""
    _open_closed_streams()
    _spell_what_cannot_be_shown()
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(run(sys.argv[1:] if argv is None else argv, command=command, name=name))


def _open_closed_streams() -> None:
    """Whoever starts us with a standard stream closed (``>&-``) wants nothing from it. Left closed, its number would go
    to the next file that is opened, and what a child writes would land in that: in the audit log, say."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_RDWR), number)
            setattr(sys, name, open(os.devnull, "w" if number else "r", encoding="utf-8"))  # noqa: SIM115 - it stays


def _spell_what_cannot_be_shown() -> None:
    """A terminal of another encoding, or a file name that is no text, gets the letter's number and no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            with suppress(OSError):  # a stream that cannot be changed stays as it is
                stream.reconfigure(errors="backslashreplace")


def run(argv: Sequence[str], *, command: click.Command | None = None, name: str = "fingood") -> int:
    """Runs the command line and returns its exit code."""
    try:
        result = (command or cli).main(list(argv), prog_name=name, standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted; nothing further was started", err=True)
        return ExitCode.INTERRUPTED
    except click.UsageError as error:
        return _fail(error.format_message(), _usage_hint(error, name), ExitCode.USAGE)
    except click.ClickException as error:
        return _fail(error.format_message(), "", ExitCode.USAGE)
    except FingoodError as error:
        return _fail(error.message, error.hint, error.exit_code)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - the interpreter flushes it at exit
        return ExitCode.CLEAN
    except KeyboardInterrupt:
        click.echo("interrupted; nothing further was started", err=True)
        return ExitCode.INTERRUPTED
    except FileNotFoundError as error:
        return _fail(_NO_FOLDER, "cd to the project's folder", ExitCode.USAGE) if _cwd_is_gone() else _internal(error)
    except OSError as error:
        # A full disk or a folder that is not ours is nobody's fault in here, wherever it is met.
        return _refused(error) if refusal_of(error) else _internal(error)
    except UnicodeEncodeError as error:
        return _undecodable(error)
    except Exception as error:  # noqa: BLE001 - the outermost door: anything else is our own fault
        return _internal(error)
    return result if isinstance(result, int) else ExitCode.CLEAN


_NO_FOLDER = "the working directory is not there any more"


def _cwd_is_gone() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def _usage_hint(error: click.UsageError, name: str) -> str:
    return f"{error.ctx.command_path if error.ctx else name} --help"


def _fail(message: str, hint: str, code: ExitCode) -> int:
    from fingood.audit.redaction import mask_secrets

    click.echo(f"fingood: {mask_secrets(message)}", err=True)
    if hint:
        click.echo(f"         {mask_secrets(hint)}", err=True)
    return code


def _refused(error: OSError) -> int:
    place = error.filename2 or error.filename
    where = os.fsdecode(place) if isinstance(place, (str, bytes)) else "a file"
    hint = "make room there, or give this user the rights; fingood doctor and fingood config --explain name the folders"
    return _fail(f"{where}: {refusal_of(error)}", hint, ExitCode.COULD_NOT_LOOK)


def _undecodable(error: UnicodeEncodeError) -> int:
    """A file name whose bytes are no text cannot stand in a URL or a report."""
    if not any("\udc80" <= letter <= "\udcff" for letter in error.object[error.start : error.end]):
        return _internal(error)
    shown = error.object.encode("utf-8", "backslashreplace").decode()
    hint = "rename the file or folder, or set the locale that it was named in, such as LC_ALL=C.UTF-8"
    return _fail(f"a name holds bytes that are no letters in this locale: {shown}", hint, ExitCode.USAGE)


def _internal(error: Exception) -> int:
    if os.environ.get("FINGOOD_TRACEBACK"):
        raise error
    place = _place_of(error)
    return _fail(
        f"internal error {type(error).__name__} at {place}",
        "this is a fault of fingood; FINGOOD_TRACEBACK=1 shows the traceback for a bug report",
        ExitCode.INTERNAL,
    )


def _place_of(error: BaseException) -> str:
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return "an unknown place"
    return f"{os.path.basename(traceback.tb_frame.f_code.co_filename)}:{traceback.tb_lineno}"


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt
