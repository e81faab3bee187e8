"""No local time lies in an hour that was skipped when clocks went forward.

On 2024-03-31 nobody in Berlin ever read 02:30 from a clock: such a time is UTC, was moved, or was computed by a program
that does not know the zone; PostgreSQL turns it into another one without a word (`timestamp` to `timestamptz`). Looked
at are timestamps without a zone of tables whose zone the settings name (`time_zone = "Europe/Berlin"`), or whose
default does (`now() AT TIME ZONE 'Europe/Berlin'`). Where clocks skip midnight, 00:00 sharp is taken for a day. An
error where the settings name the zone and the column, else a warning. SQLite has no time zones: there all timestamps of
such a table are looked at that carry none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfoNotFoundError

from fingood.model.facts import ColumnFacts
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.roles import dates_of
from fingood.validation.rule import NotEvaluated, Rule
from fingood.validation.skipped_hours import Gap, gaps_of, hours_of, whole

_FIRST_YEAR = 1970
_DEFAULT = re.compile(
    r"AT TIME ZONE '([A-Za-z][\w+/-]*)'|\btimezone\('([A-Za-z][\w+/-]*)'(?:::text)?, *now\(\)\)", re.IGNORECASE
)


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    for column in dates_of(table.shape):
        zone = table.time_zone or zone_of_default(column)
        if not zone or not _local(column):
            continue
        try:
            gaps = gaps_of(zone, _FIRST_YEAR, look.today.year)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise NotEvaluated(f"{table.name}.{column.name} is in the zone {zone}, unknown to this machine") from None
        if not gaps:
            continue
        said = column.name == table.date and table.date_said
        said = said or any(column.name in table.roles.get(role, ()) for role in table.by_settings)
        yield Rule(
            condition=_condition(column_sql("t", column.name), gaps, look),
            severity=Severity.ERROR if table.time_zone and said else Severity.WARNING,
            message=f"{{rows}} of {table.name} have a time in {column.name} that was skipped in {zone}",
            effect="They are times of another zone, or were moved; a conversion changes them once more.",
            remedy=f"find out in which zone {column.name} is written, before its type is changed",
            subject=f"{table.name}.{column.name}",
        )


def zone_of_default(column: ColumnFacts) -> str:
    """The zone in which a column's default writes the present time; '' where it says none, or UTC."""
    found = _DEFAULT.search(column.default or "")
    name = (found[1] or found[2]) if found else ""
    return "" if name.upper() in ("UTC", "GMT", "ETC/UTC", "Z") else name


def _local(column: ColumnFacts) -> bool:
    type_ = column.type.lower()
    return type_.startswith(("timestamp", "datetime")) and "with time zone" not in type_ and "timestamptz" not in type_


def _condition(column: str, gaps: tuple[Gap, ...], look: Look) -> str:
    """One look-up by the hour for every sound time; the list is hashed (PostgreSQL 14)."""
    hours = [hour.strftime("%Y-%m-%d %H") for hour in hours_of(gaps)]
    midnight = any(hour.endswith(" 00") for hour in hours)
    if look.dialect == "sqlite":
        text = f"replace({column}, 'T', ' ')"
        listed = ", ".join(f"'{hour}'" for hour in hours)
        # What carries a zone behind its minutes is no local time.
        plain = f" AND substr({column}, 17) NOT GLOB '*[-+Zz]*'"
        day = f" AND substr({column}, 12) NOT IN ('00:00', '00:00:00', '00:00:00.000000')" if midnight else ""
        return f"substr({text}, 1, 13) IN ({listed}){plain}{day}{_within(text, gaps)}"
    listed = ", ".join(f"'{hour}:00'" for hour in hours)
    day = f" AND {column} <> date_trunc('day', {column})" if midnight else ""
    return f"date_trunc('hour', {column}) IN ({listed}){day}{_within(column, gaps)}"


def _within(column: str, gaps: tuple[Gap, ...]) -> str:
    if whole(gaps):
        return ""
    ranges = " OR ".join(f"({column} >= '{first}' AND {column} < '{end}')" for first, end in gaps)
    return f" AND ({ranges})"


INVARIANT = RuleInvariant(
    id="time-skipped",
    meaning="no local time lies in an hour that clocks skipped",
    standard="IANA time zone database; PostgreSQL manual 8.5.3 and B.2",
    severity=Severity.ERROR,
    rules=_rules,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE visits (id bigint PRIMARY KEY, seen_at timestamp, noted timestamp)",
            good="INSERT INTO visits VALUES (1, '2024-03-31 01:59:59', NULL), (2, '2024-03-31 03:00:00', NULL),"
            " (3, '2024-10-27 02:30:00', '2024-03-30 02:30:00'), (4, NULL, NULL)",
            bad="UPDATE visits SET seen_at = '2024-03-31 02:30:00' WHERE id = 1;"
            "UPDATE visits SET seen_at = '2023-03-26 02:00:00', noted = '1981-03-29 02:59:59' WHERE id = 2",
            count=3,
            mapping=(("table", "visits"), ("time_zone", "Europe/Berlin")),
        ),
        Example(
            tables="CREATE TABLE visits (id bigint PRIMARY KEY, seen_at timestamp)",
            good="INSERT INTO visits VALUES (1, '2024-10-06 02:30:00'), (2, '2024-10-06 01:59:00')",
            bad="UPDATE visits SET seen_at = '2024-10-06 02:29:59'",
            count=2,
            mapping=(("table", "visits"), ("time_zone", "Australia/Lord_Howe")),
        ),
        Example(
            tables="CREATE TABLE visits (id bigint PRIMARY KEY, seen_at timestamp)",
            good="INSERT INTO visits VALUES (1, '2018-11-04 00:00:00'), (2, '2018-11-04 01:00:00')",
            bad="UPDATE visits SET seen_at = '2018-11-04 00:00:01' WHERE id = 2",
            count=1,
            mapping=(("table", "visits"), ("time_zone", "America/Sao_Paulo")),
        ),
        Example(
            tables="CREATE TABLE visits (id bigint PRIMARY KEY,"
            " seen_at timestamp DEFAULT (now() AT TIME ZONE 'Europe/Berlin'))",
            good="INSERT INTO visits VALUES (1, '2024-03-31 01:59:59')",
            bad="UPDATE visits SET seen_at = '2024-03-31 02:30:00'",
            count=1,
            dialects=frozenset({"postgresql"}),
        ),
    ),
)
