"""Writes docs/compliance.md from the controls and rules.

python -m fingood.compliance.pages            writes the page
python -m fingood.compliance.pages --check    exits 1 when the page is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from fingood.compliance.catalogue import CONTROLS, RULES, STANDARDS, Control
from fingood.compliance.verdict import Verdict

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "compliance.md"

_HEAD = """\
# Controls and evidence

Written from the controls' and rules' own files by `python -m fingood.compliance.pages`; the tests compare the two.

```
python migrations/generate_compliance_report.py --standards SOX,PCI_DSS,GDPR [--start-date 2024-01-01]
    [--end-date 2024-12-31] [--format text|json|html|csv]
```

The report looks at the audit log, whose chain it verifies first, the approvals and revisions in the repository, kept
rollback proofs, backups, the project's files and, read-only, the database. Migrations are those that began in the
period; what the database, the repository and the backups show is of the moment of the report.

A verdict is about evidence. No verdict says that an organisation complies: that is for its auditors. Texts below are in
words of our own; the standard's own text decides.
"""

_MEANINGS = {
    Verdict.SATISFIED: "every rule that applies holds, and the report names the evidence",
    Verdict.NOT_SATISFIED: "a rule does not hold, and the report names what speaks against it",
    Verdict.NEEDS_PERSON: "no machine can judge it; the report says what a person has to, and shows what it found",
    Verdict.NO_EVIDENCE: "nobody could look, or nothing is on record; never counted as satisfied",
    Verdict.NOT_APPLICABLE: "there is nothing that it could be about, as no migration in the period, or SQLite's roles",
}

_TAIL = """\

## Exit codes

| code | when |
|---|---|
| 0 | every control that a machine can judge is satisfied or not applicable |
| 1 | a control is not satisfied, or the audit log's chain is broken |
| 2 | an unknown standard, a wrong date, a period that ends before it begins |
| 3 | no control is not satisfied, but for at least one there is no evidence |

With a broken chain no rule that rests on events is satisfied. A right that the report's user lacks makes a rule
`no-evidence`; it never makes it satisfied. A user who is no superuser sees all with these rights:

```sql
GRANT pg_read_all_settings TO auditor;
GRANT SELECT ON alembic_version TO auditor;
GRANT SELECT ON pg_authid, pg_hba_file_rules TO auditor;  -- how passwords are stored, who gets in without one
GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO auditor;
```

The user need not be the one that migrates: events and backups count for the database on its host, whoever is named in
the URL. Only `migrates-without-superuser` is about the user of the report: ask it as the user that migrates. A secret
that is found in a file is named by file and line and not shown.
"""


def write_page() -> str:
    """The whole page as Markdown."""
    return "\n".join((*_lines(),)) + _TAIL


def _lines() -> Iterator[str]:
    yield _HEAD
    yield from ("| verdict | meaning |", "|---|---|")
    yield from (f"| `{verdict}` | {_MEANINGS[verdict]} |" for verdict in Verdict)
    ruled = sum(bool(control.rules) for control in CONTROLS.values())
    yield from ("", f"{len(CONTROLS)} controls, {ruled} of them with rules; {len(RULES)} rules.")
    for standard in STANDARDS:
        controls = [control for control in CONTROLS.values() if control.standard == standard]
        yield from ("", f"## {standard}", "", f"After: {controls[0].source}.", "")
        yield from ("| control | clause | asks | rules | left to a person |", "|---|---|---|---|---|")
        yield from map(_row, controls)
    yield from ("", "## Rules", "", "| rule | holds where | reads |", "|---|---|---|")
    yield from (f"| `{rule.id}` | {rule.holds} | {', '.join(map(str, rule.kinds))} |" for rule in RULES.values())
    yield ""


def _row(control: Control) -> str:
    rules = ", ".join(f"`{rule}`" for rule in control.rules) or "needs a person"
    shown = f" (shown: {', '.join(f'`{rule}`' for rule in control.shows)})" if control.shows else ""
    return f"| {control.id} | {control.clause} | {control.text} | {rules}{shown} | {control.person or '–'} |"


def main() -> int:
    """Writes the page, or compares it."""
    if "--check" in sys.argv:
        if not _PAGE.exists() or _PAGE.read_text(encoding="utf-8") != write_page():
            sys.stderr.write("docs/compliance.md is out of date: python -m fingood.compliance.pages\n")
            return 1
        return 0
    _PAGE.write_text(write_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
