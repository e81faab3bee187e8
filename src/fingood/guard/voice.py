"""What the guard says: on stderr where a command line drives Alembic, to the log where a program does."""

from __future__ import annotations

import logging
import sys

from fingood.errors import ExitCode, FingoodError, LedgerChanged
from fingood.guard.run import Run, StepFailure

_log = logging.getLogger("fingood.guard")

LOCK_TIMEOUT = "55P03"


class Voice:
    """One line a fact, each marked as ours."""

    def __init__(self, *, terminal: bool) -> None:
        self.terminal = terminal

    def say(self, text: str) -> None:
        if self.terminal:
            sys.stderr.write(f"fingood: {text}\n")
            sys.stderr.flush()
        else:
            _log.info("%s", text)

    def refuse(self, error: FingoodError) -> SystemExit:
        """Shows the error; what it returns ends the command line."""
        self.say(error.message)
        if error.hint:
            sys.stderr.write(f"         {error.hint}\n")
        return SystemExit(int(error.exit_code))

    def summary(self, run: Run, seconds: float) -> None:
        """The last line of a run that changed something."""
        numbers = run.journal.written
        if run.left_open:
            self.say(
                f"{run.left_open} steps ran but nothing is committed yet: the connection was already in a transaction "
                "when Alembic was configured"
            )
        elif run.settled:
            steps = "1 step" if run.settled == 1 else f"{run.settled} steps"
            self.say(f"{steps} in {seconds:.1f} s, audit {_events(numbers)} in {_short(str(run.journal.log.path))}")

    def failure(self, failure: StepFailure) -> SystemExit:
        """Shows why a step failed, in names and codes: the driver's own text would show rows."""
        fault, facts = failure.fault, failure.step.facts
        if fault.error == "KeyboardInterrupt":
            self.say(f"interrupted in the {facts.kind} of {facts.revision}")
            self._more(_kept(failure))
            return SystemExit(ExitCode.INTERRUPTED)
        place = f" at {fault.path}:{fault.line}" if fault.line is not None else ""
        if fault.sqlstate == LOCK_TIMEOUT:
            self.say(f"{facts.kind} of {facts.revision} waited too long for a lock and gave up{place}")
            for blocker in failure.blockers or ("a session that had let go of it by then",):
                self._more(f"held by {blocker}")
        else:
            named = ", ".join(
                f"{what} {name}"
                for what, name in (("table", fault.table), ("column", fault.column), ("constraint", fault.constraint))
                if name
            )
            state = f" [SQLSTATE {fault.sqlstate}]" if fault.sqlstate else ""
            self.say(f"{facts.kind} of {facts.revision} failed{place}: {fault.error}{state}")
            self._more(f"{fault.message}{f' ({named})' if named else ''}")
        if failure.step.statement:
            self._more(failure.step.statement[:200])
        self._more(_kept(failure))
        blocked = fault.sqlstate == LOCK_TIMEOUT
        return SystemExit(int(ExitCode.BLOCKED if blocked else ExitCode.FINDINGS))

    def undeclared(self, error: LedgerChanged, failure: StepFailure) -> SystemExit:
        """Shows what a step would have changed in the ledger."""
        self.say(error.message)
        for line in (error.hint, _kept(failure)):
            self._more(line)
        return SystemExit(int(error.exit_code))

    def _more(self, text: str) -> None:
        sys.stderr.write(f"         {text}\n")


def _kept(failure: StepFailure) -> str:
    event = f"audit event {failure.sequence}"
    if failure.step.lost:
        return f"the connection was lost: alembic current tells whether it was committed; {event}"
    if failure.step.kept:
        return f"a part of it is committed (autocommit): look what is there before running it again; {event}"
    return f"nothing of it was kept; {event}; FINGOOD_TRACEBACK=1 shows the traceback"


def _events(numbers: list[int]) -> str:
    return f"event {numbers[0]}" if len(numbers) == 1 else f"events {min(numbers)}–{max(numbers)}"


def _short(path: str) -> str:
    from os.path import relpath

    near = relpath(path)
    return path if near.startswith("..") else near
