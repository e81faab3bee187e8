"""The checks' pages: one for the terminal, and the table of all for docs/checks.md."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fingood.checks._check import Check, Family
from fingood.checks.catalogue import CHECKS, find_check
from fingood.checks.history_check import HISTORY_IDS, history_checks
from fingood.model.report import Rule
from fingood.model.severity import SafetyLevel

_EXAMPLES = Path(__file__).parent / "examples"


def explain(identity: str) -> str:
    """A check's page with its examples. Raises ConfigError with the nearest ids."""
    if identity in HISTORY_IDS:
        return explain_history(identity)
    check = find_check(identity)
    parts = [f"{check.id}: {check.title}", _facts(check), check.page]
    parts += [f"## {kind.capitalize()} example\n\n{text}" for kind, text in _examples(check)]
    return "\n\n".join(parts).rstrip() + "\n"


def explain_history(identity: str) -> str:
    """The page of a check of the history."""
    check = history_checks()[identity]
    return f"{check.id}: {check.title}\n\nhistory · {check.severity} · fingood validate-migrations\n\n{check.page}\n"


def describe_history_rules(identities: Iterable[str]) -> tuple[Rule, ...]:
    """The checks of the history with these ids, for formats that list their rules."""
    known = history_checks()
    found = [known[identity] for identity in dict.fromkeys(identities) if identity in known]
    return tuple(
        Rule(id=check.id, title=check.title, page=check.page, severity=check.severity, family="history")
        for check in found
    )


def describe_rules(identities: Iterable[str], level: SafetyLevel) -> tuple[Rule, ...]:
    """The checks with these ids for formats that list their rules, each once; ids of other rooms are left out."""
    known = [CHECKS[identity] for identity in dict.fromkeys(identities) if identity in CHECKS]
    return tuple(
        Rule(
            id=check.id,
            title=check.title,
            page=check.page,
            severity=check.severity_at(level),
            family=check.family.value,
        )
        for check in known
    )


def _facts(check: Check) -> str:
    severities = " · ".join(f"{level}: {check.severity_at(level)}" for level in SafetyLevel)
    return f"{check.family.value} · {' and '.join(sorted(check.dialects))}\n{severities}"


def _examples(check: Check) -> list[tuple[str, str]]:
    files = [(kind, _EXAMPLES / check.id / f"{kind}.py") for kind in ("before", "bad", "good")]
    return [(kind, path.read_text(encoding="utf-8").rstrip()) for kind, path in files if path.is_file()]


def write_table() -> str:
    """docs/checks.md: every check by family. A test holds the file to this."""
    lines = [
        "# Checks",
        "",
        "Written by `python -m fingood.checks.pages`; each page: `fingood check --explain ID`.",
        "",
        "Protected tables raise a finding by one step; a lock on a table that is known to be small is an info. What a",
        "revision, or one pending before it, has created itself is exempt from locks, losses and incompatibilities.",
    ]
    for family in Family:
        members = [check for check in CHECKS.values() if check.family is family]
        if members:
            lines += ["", f"## {family.value.capitalize()}", "", *_table(members)]
    lines += ["", "## The history", "", "By `fingood validate-migrations`, also as a pre-commit hook.", ""]
    lines += ["| id | finds | severity |", "|---|---|---|"]
    lines += [f"| `{check.id}` | {check.title} | {check.severity} |" for check in history_checks().values()]
    return "\n".join(lines) + "\n"


def _table(members: list[Check]) -> list[str]:
    rows = [
        f"| `{check.id}` | {check.title} | {_severities(check)} | {', '.join(sorted(check.dialects))} |"
        for check in members
    ]
    return ["| id | finds | severity | databases |", "|---|---|---|---|", *rows]


def _severities(check: Check) -> str:
    """One word, or the levels at which it differs."""
    levels = {level: check.severity_at(level) for level in SafetyLevel}
    if len(set(levels.values())) == 1:
        return str(check.severity)
    return ", ".join(f"{severity} at {level}" for level, severity in levels.items())


if __name__ == "__main__":
    Path("docs/checks.md").write_text(write_table(), encoding="utf-8")
