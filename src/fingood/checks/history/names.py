"""Names by which nobody finds a revision.

## What it does
Finds revisions without a message, two with the same message (merges apart), and files whose name does not hold the id.

## Why it matters
In an incident people look for a revision by the id in the version table, and for what it does by its message in
`alembic history`. A file that cannot be found by either costs minutes.

## Instead
A first line in the docstring that says what this revision does, and a file name with the id, as `file_template` gives.

## Manual
Alembic, "Tutorial: Editing the .ini File" (file_template). Since fingood 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.checks.history_check import history_check
from fingood.checks.past import Past
from fingood.model.severity import Severity
from fingood.revisions import Revision


@history_check(title="A revision is hard to find by its name", severity=Severity.WARNING)
def names(past: Past) -> Iterator[Hit]:
    first: dict[str, Revision] = {}
    for revision in past.loaded.ordered():
        message = _message(revision)
        if not message:
            yield Hit(
                message=f"{revision.id} has no message.",
                effect="alembic history shows an empty line for it.",
                remedy='"""What this revision does, in one line."""',
                location=past.place(revision),
                subject=revision.id,
            )
        elif len(revision.down_revisions) < 2:
            other = first.setdefault(message.lower(), revision)
            if other is not revision:
                yield Hit(
                    message=f"{revision.id} has the same message as {other.id}: {message}",
                    effect="alembic history shows two lines that only the ids tell apart.",
                    remedy='"""What this revision does, and that one does not."""',
                    location=past.place(revision),
                    subject=revision.id,
                )
        if revision.id not in revision.stem:
            yield Hit(
                message=f"the file's name does not hold the id {revision.id}",
                effect="Who has the id from the version table does not find the file.",
                remedy=f"mv {revision.path} {_renamed(revision)}",
                location=past.place(revision),
                severity=Severity.INFO,
                subject=revision.id,
            )


def _message(revision: Revision) -> str:
    """The first line of the docstring; Alembic's own default says nothing."""
    line = revision.doc.strip().partition("\n")[0].strip()
    return "" if line in ("empty message", "None") or line.startswith("Revision ID") else line


def _renamed(revision: Revision) -> str:
    folder, slash, _ = revision.path.rpartition("/")
    return f"{folder}{slash}{revision.id}_{revision.stem}.py"
