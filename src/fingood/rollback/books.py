"""What the upgrade changes in the ledgers that the settings name, on the proof's own rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import Connection

from fingood.errors import FingoodError
from fingood.model.finding import Finding
from fingood.revisions import Revision
from fingood.settings import LedgerMapping, Settings
from fingood.validation.following import Followed, follow, still_missing, sum_up_again
from fingood.validation.query import CannotRead
from fingood.validation.reconcile import compare_totals, read_docstring, read_reconciliations
from fingood.validation.work import read_work


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The ledgers to follow: ``[[tool.fingood.ledger]]`` and the globs of ``money``."""

    ledger: tuple[LedgerMapping, ...] = ()
    money: tuple[str, ...] = ()


def books_of(settings: Settings) -> Books:
    """What the settings say of ledgers."""
    return Books(ledger=settings.ledger, money=settings.money)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The ledgers as they were before the upgrade, and why others could not be summed up."""

    followed: tuple[Followed, ...] = ()
    unread: tuple[str, ...] = ()


def open_books(eye: Connection, books: Books) -> Opened:
    """Sums up what is there; a ledger that a later revision brings is none yet."""
    followed, unread = [], []
    for mapping in books.ledger:
        try:
            found = follow(eye, mapping, money=books.money)
        except (CannotRead, FingoodError) as error:
            unread.append(f"what {mapping.table} comes to was not compared: {error}")
        else:
            followed += [found] if found is not None else []
    eye.rollback()
    return Opened(followed=tuple(followed), unread=tuple(unread))


def close_books(
    eye: Connection, opened: Opened, books: Books, revision: Revision, root: Path
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """What the upgrade changed and how it is declared, and why something could not be compared."""
    declared = read_reconciliations(read_docstring(root / revision.path), revision.id)
    findings: list[Finding] = []
    unread: list[str] = list(opened.unread)
    for followed in opened.followed:
        try:
            work = read_work(eye, followed.work.oid, followed.work.name)
            after = [sum_up_again(eye, followed, work, money=books.money)] if work is not None else []
            missing = still_missing(eye, followed, work) if work is not None else ()
        except (CannotRead, FingoodError) as error:
            unread.append(f"what {followed.mapping.table} comes to was not compared: {error}")
        else:
            findings += compare_totals([followed.totals], after, declared)
            if missing:
                table, amounts = followed.mapping.table, ", ".join(followed.totals.amounts)
                unread.append(f"of {table} only {amounts} was compared: it does not have {', '.join(missing)}")
    eye.rollback()
    return tuple(findings), tuple(unread)


def declared_lines(texts: Sequence[str]) -> str:
    """The ``Reconciles:`` lines of docstrings, on which a kept proof rests too."""
    return "\x1e".join(repr(one) for text in texts for one in read_reconciliations(text, ""))
