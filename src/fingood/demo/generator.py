"""Fills the reference ledger: as many postings as wanted, the same ones for the same seed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from fingood.demo.copying import Copier
from fingood.demo.entries import Entry, draw_entries
from fingood.demo.rows import Book, account_rows, card_rows, customer_rows, open_book, rate_rows
from fingood.errors import ConfigError, FingoodError
from fingood.model.names import RelationName
from fingood.statements.compat import make_engine

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

Progress = Callable[[int, int], None]
POSTINGS, SEED = 200_000, 1
TABLES = ("customers", "accounts", "cards", "fx_rates", "journal_entries", "postings", "statements", "account_balances")
_ENTRIES_AT_ONCE = 10_000

_CUSTOMERS = [
    "id",
    "reference",
    "kind",
    "legal_name",
    "email",
    "date_of_birth",
    "country",
    "consent_version",
    "consent_given_at",
    "consent_withdrawn_at",
    "retention_until",
    "created_at",
]
_ACCOUNTS = ["id", "number", "customer_id", "kind", "currency", "status", "opened_on", "created_at"]
_CARDS = ["id", "account_id", "token", "last_four", "scheme", "expires_on", "status", "created_at"]
_RATES = ["base_currency", "quote_currency", "rate_date", "rate", "source"]
_ENTRIES = ["id", "kind", "description", "value_date", "booked_at", "created_at", "idempotency_key"]
_POSTINGS = ["id", "entry_id", "line", "account_id", "amount"]


class NotEmpty(FingoodError):
    """The ledger already holds rows; filling it again would double them."""

    exit_code = ConfigError.exit_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What was written: rows by table and the seconds it took."""

    rows: Mapping[str, int]
    duration: float


def fill_ledger(
    url: str,
    *,
    postings: int = POSTINGS,
    seed: int = SEED,
    progress: Progress = lambda done, total: None,
) -> Filled:
    """Fills the ledger at ``url`` in one transaction: all of it, or nothing.

    ``progress`` is called with the postings written so far and in all. Raises ConfigError where the ledger's revisions
    are not applied or fewer than two postings are asked for, NotEmpty where the ledger holds rows.
    """
    if postings < 2:
        raise ConfigError(f"{postings} postings make no ledger", hint="an entry has two postings: ask for 2 at least")
    started = time.monotonic()
    engine = make_engine(url)
    try:
        with engine.connect() as connection, connection.begin():
            currency = _look(connection)
            _write(connection, Random(seed), postings, currency=currency, progress=progress)
            rows = {table: _count(connection, table) for table in TABLES}
    finally:
        engine.dispose()
    return Filled(rows=rows, duration=time.monotonic() - started)


def _look(connection: Connection) -> bool:
    """Whether postings have a currency of their own; raises unless the ledger is built and empty."""
    built, currency = connection.exec_driver_sql(_sql("ready")).one()
    if not built:
        raise ConfigError("the database holds no reference ledger to fill", hint="first: alembic upgrade head")
    if any(_count(connection, table) for table in ("postings", "customers", "accounts")):
        raise NotEmpty(
            "the ledger holds rows already", hint="fill an empty database: alembic upgrade head in a new one"
        )
    return bool(currency)


def _write(connection: Connection, random: Random, postings: int, *, currency: bool, progress: Progress) -> None:
    copier = Copier(connection.connection)
    customers = min(50_000, max(20, postings // 80))
    book = open_book(random, customers)
    copier.copy(_table("customers"), _CUSTOMERS, customer_rows(random, customers))
    copier.copy(_table("accounts"), _ACCOUNTS, account_rows(random, book))
    copier.copy(_table("cards"), _CARDS, card_rows(random, book))
    copier.copy(_table("fx_rates"), _RATES, rate_rows(book))
    _write_entries(copier, random, book, postings, currency=currency, progress=progress)
    for name in ("balances", "statements", "sequences"):
        connection.exec_driver_sql(_sql(name))
    for table in TABLES:
        connection.exec_driver_sql(f"ANALYZE {_table(table).sql}")


def _write_entries(
    copier: Copier, random: Random, book: Book, postings: int, *, currency: bool, progress: Progress
) -> None:
    """Entries before their postings, a few thousand at once: memory stays the same however many are asked for."""
    done = 0
    columns = [*_POSTINGS, "currency"] if currency else _POSTINGS
    entries = draw_entries(random, book, postings)
    while batch := list(islice(entries, _ENTRIES_AT_ONCE)):
        copier.copy_text(_table("journal_entries"), _ENTRIES, "".join(map(_entry_line, batch)))
        lines = list(_posting_lines(batch, done, currency=currency))
        copier.copy_text(_table("postings"), columns, "".join(lines))
        done += len(lines)
        progress(done, postings)


def _entry_line(entry: Entry) -> str:
    booked = entry.booked_at.isoformat()
    return (
        f"{entry.id}\t{entry.kind}\t{entry.description}\t{entry.value_date}\t{booked}\t{booked}\t"
        f"{entry.idempotency_key}\n"
    )


def _posting_lines(entries: Iterable[Entry], before: int, *, currency: bool) -> Iterator[str]:
    number = before
    for entry in entries:
        for line, (account, amount) in enumerate(entry.legs, 1):
            number += 1
            last = f"\t{account.currency.code}" if currency else ""
            yield f"{number}\t{entry.id}\t{line}\t{account.id}\t{account.currency.text(amount)}{last}\n"


def _table(name: str) -> RelationName:
    return RelationName("ledger", name)


def _count(connection: Connection, table: str) -> int:
    result: Any = connection.exec_driver_sql(f"SELECT count(*) FROM {_table(table).sql}").scalar()
    return int(result)


def _sql(name: str) -> str:
    return (files("fingood.demo") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
