"""Writes docs/health-checks.md from the checks themselves.

python -m fingood.commands.health_page            writes the page
python -m fingood.commands.health_page --check    exits 1 when the page is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from fingood.commands.health_project import PROJECT_CHECKS
from fingood.monitoring.catalogue import FAMILIES
from fingood.monitoring.check import HealthCheck, Needs

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "health-checks.md"


def write_page() -> str:
    """The whole page as Markdown."""
    number = len(PROJECT_CHECKS) + sum(len(checks) for checks in FAMILIES.values())
    lines = [
        "# Health checks",
        "",
        f"What `fingood health-check --comprehensive` holds a database to: {number} checks. Written by",
        "`python -m fingood.commands.health_page`; the tests compare the two. Those with • run without",
        "`--comprehensive` too. A threshold is that of a warning and that of worse; `health.thresholds` changes it:",
        "`dead-rows=20%/50%`, or `off`. A check that could not look says so and never counts as passed.",
        "",
        "## The project",
        "",
        "| check | what must hold | source |",
        "|---|---|---|",
        *(
            f"| `{check.id}`{_quick(check.comprehensive)} | {check.title} | {check.source} |"
            for check in PROJECT_CHECKS
        ),
    ]
    for family, checks in FAMILIES.items():
        lines += ["", f"## {family}", "", "| check | what must hold | else | threshold | needs | source |"]
        lines += ["|---|---|---|---|---|---|", *map(_row, checks)]
    return "\n".join(lines) + "\n"


def _row(check: HealthCheck) -> str:
    cells = (
        f"`{check.id}`{_quick(check.comprehensive)}",
        check.title,
        " / ".join(dict.fromkeys(map(str, check.limits.severities))) if check.limits else str(check.severity),
        str(check.limits or ""),
        ", ".join(_needs(check.needs)),
        check.source,
    )
    return f"| {' | '.join(cells)} |"


def _quick(comprehensive: object) -> str:
    return "" if comprehensive else " •"


def _needs(needs: Needs) -> Iterator[str]:
    if needs.since:
        yield f"PostgreSQL {needs.since // 10000}"
    if needs.extension:
        yield needs.extension
    if needs.role:
        yield needs.role + (" to see all" if needs.partial else "")
    if needs.table:
        yield f"the right to read {needs.table.removeprefix('pg_catalog.')}"
    if needs.function:
        yield f"the right to call {needs.function.removeprefix('pg_catalog.')}"
    if needs.primary or needs.standby:
        yield "a primary" if needs.primary else "a standby"


def main() -> int:
    """Writes the page, or compares it."""
    if "--check" in sys.argv:
        if not _PAGE.exists() or _PAGE.read_text(encoding="utf-8") != write_page():
            sys.stderr.write("docs/health-checks.md is out of date: python -m fingood.commands.health_page\n")
            return 1
        return 0
    _PAGE.write_text(write_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
