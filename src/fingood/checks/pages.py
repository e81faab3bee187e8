"""The checks' pages: one for the terminal, and the table of all for docs/checks.md."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fingood.checks._check import Check, Family
from fingood.checks.catalogue import CHECKS, find_check
from fingood.checks.history_check import HISTORY_IDS, history_checks
from fingood.checks.proofs import PROOFS
from fingood.model.report import Rule
from fingood.model.severity import SafetyLevel

_EXAMPLES = Path(__file__).parent / "examples"
_PROVED = "rollback test"


def explain(identity: str) -> str:
    """A check's page with its examples. Raises ConfigError with the nearest ids."""
    if proof := PROOFS.get(identity):
        return f"{proof.id}: {proof.title}\n\n{_PROVED} · usually {proof.severity}\n\n{proof.page}\n"
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
    identities = tuple(identities)
    known = [CHECKS[identity] for identity in dict.fromkeys(identities) if identity in CHECKS]
    rules = tuple(
        Rule(
            id=check.id,
            title=check.title,
            page=check.page,
            severity=check.severity_at(level),
            family=check.family.value,
        )
        for check in known
    )
    proved = [PROOFS[identity] for identity in dict.fromkeys(identities) if identity in PROOFS]
    return rules + tuple(
        Rule(id=proof.id, title=proof.title, page=proof.page, severity=proof.severity, family=_PROVED)
        for proof in proved
    )


def _facts(check: Check) -> str:
    severities = " · ".join(
        f"{level}: {check.severity_at(level) if check.from_level <= level else 'not run'}" for level in SafetyLevel
    )
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
        "",
        "The columns are the levels of `--level`: the severity of a finding there, **bold** where it blocks, – where",
        "the check does not run. A check that grades what it finds shows its worst. Checks of the live database and of",
        "change control run with `fingood check`, not with `--static` or `validate-all`; their remedies are SQL.",
        "",
        *_levels(),
    ]
    for family in Family:
        members = [check for check in CHECKS.values() if check.family is family]
        if members:
            lines += ["", f"## {family.value.capitalize()}", "", *_table(members)]
    lines += ["", "## The history", "", "By `fingood validate-migrations`, also as a pre-commit hook.", ""]
    lines += ["| id | finds | severity |", "|---|---|---|"]
    lines += [f"| `{check.id}` | {check.title} | {check.severity} |" for check in history_checks().values()]
    lines += ["", f"## {_PROVED.capitalize()}", "", "| id | finds | usually |", "|---|---|---|"]
    lines += [f"| `{proof.id}` | {proof.title} | {proof.severity} |" for proof in PROOFS.values()]
    return "\n".join(lines) + "\n"


def _levels() -> list[str]:
    """What blocks at each level, and how many checks run."""
    rows = [
        f"| {level} | {level.blocks_at} and above | {sum(check.from_level <= level for check in CHECKS.values())} |"
        for level in SafetyLevel
    ]
    return ["| level | blocks | checks |", "|---|---|---|", *rows]


def _table(members: list[Check]) -> list[str]:
    levels = [str(level) for level in SafetyLevel]
    rows = [
        f"| `{check.id}` | {check.title} | {' | '.join(_at(check, level) for level in SafetyLevel)} | "
        f"{', '.join(sorted(check.dialects))} |"
        for check in members
    ]
    return [f"| id | finds | {' | '.join(levels)} | databases |", f"|---|---|{'---|' * len(levels)}---|", *rows]


def _at(check: Check, level: SafetyLevel) -> str:
    """The severity at the level, bold where it blocks; – where the check does not run."""
    if level < check.from_level:
        return "–"
    severity = check.severity_at(level)
    return f"**{severity}**" if severity >= level.blocks_at else str(severity)


if __name__ == "__main__":
    Path("docs/checks.md").write_text(write_table(), encoding="utf-8")
