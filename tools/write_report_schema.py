"""Writes docs/report.schema.json, the schema of `--format json`, from the values that reports are made of.

python tools/write_report_schema.py            writes the file
python tools/write_report_schema.py --check    exits 1 when the file is out of date
"""

from __future__ import annotations

import json
import sys
from enum import Enum
from pathlib import Path
from typing import Any

from fingood.errors import ExitCode
from fingood.model.action import LockMode
from fingood.model.estimate import Basis
from fingood.model.finding import Direction
from fingood.model.report import Outcome
from fingood.model.severity import Confidence, Severity
from fingood.render.json import SCHEMA_VERSION

PAGE = Path(__file__).resolve().parents[1] / "docs" / "report.schema.json"
Schema = dict[str, Any]


def write_schema() -> str:
    """The whole schema as JSON."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A report of fingood, as --format json writes it",
        "$ref": "#/$defs/report",
        "$defs": {
            "report": _report(),
            "check": _check(),
            "finding": _finding(),
            "acceptance": _acceptance(),
            "location": _location(),
            "table": _table(),
            "text": _lines(),
            "impact": _impact(),
            "costs": _costs(),
            "distribution": _distribution(),
            "interval": _interval(),
        },
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _object(says: str, **properties: Schema) -> Schema:
    """An object with all of these properties and no others."""
    return {
        "description": says,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _string(says: str) -> Schema:
    return {"description": says, "type": "string"}


def _seconds(says: str) -> Schema:
    return {"description": says, "type": "number", "minimum": 0}


def _one_of(kind: type[Enum], says: str) -> Schema:
    return {"description": says, "enum": [member.value for member in kind]}


def _list(items: Schema, says: str) -> Schema:
    return {"description": says, "type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _report() -> Schema:
    return _object(
        "What a command found out.",
        schema_version={"description": "Raised when a key changes its meaning or goes away.", "const": SCHEMA_VERSION},
        tool=_object("Who wrote it.", name={"const": "fingood"}, version=_string("The version of fingood.")),
        command=_string("The command, as it is typed."),
        subject=_string("What it looked at: a revision, a database, a folder."),
        target=_string("The database it was judged for, without a password; '' where there is none."),
        started={"description": "When it began, in UTC.", "type": "string", "format": "date-time"},
        duration_seconds=_seconds("How long it took."),
        headline=_string("The answer in one line."),
        exit_code={
            "description": "What the command exits with: "
            + "; ".join(f"{one.value} {one.meaning}" for one in ExitCode),
            "enum": [code.value for code in ExitCode],
        },
        fail_on=_one_of(Severity, "From this severity on findings make the exit code 1."),
        counted={"description": "Whether the reports above count these findings as theirs.", "type": "boolean"},
        checks=_list(_ref("check"), "The checks that were asked for, whatever came of them."),
        sections=_list({"oneOf": [_ref("table"), _ref("text")]}, "Facts that are not findings."),
        recommendations=_list(_string("A command or a step."), "What to do next."),
        data={
            "description": "Particulars of the command.",
            "type": "object",
            "properties": {
                "impact": {"oneOf": [_ref("impact"), {"type": "null"}]},
                "distributions": _list(_ref("distribution"), "How amounts and broken rows are spread (validate)."),
            },
        },
        children=_list(_ref("report"), "One report a revision or step, where the command took several."),
    )


def _check() -> Schema:
    return _object(
        "One check, run once.",
        check=_string("Its id."),
        subject=_string("What it looked at."),
        outcome=_one_of(Outcome, "How it ended. Neither skipped nor errored is a pass."),
        reason=_string("Why it was skipped or errored, or what was left out; '' where there is nothing to say."),
        duration_seconds=_seconds("How long it took."),
        findings=_list(_ref("finding"), "What it found."),
        known=_list(_ref("finding"), "What it found and a baseline holds: not counted."),
        accepted=_list(_ref("acceptance"), "The comments in the file that took findings out."),
    )


def _acceptance() -> Schema:
    return _object(
        "A comment that accepts a finding: fingood: allow ID until DATE because REASON (TICKET).",
        path=_string("The file, counted from the project's root."),
        line={"description": "The comment's line.", "type": "integer", "minimum": 1},
        reason=_string("Why."),
        until={"description": "The last day on which it holds.", "type": ["string", "null"], "format": "date"},
        ticket=_string("The ticket at the reason's end; '' where there is none."),
        findings={"description": "How many findings it accepts.", "type": "integer", "minimum": 1},
    )


def _finding() -> Schema:
    return _object(
        "What is wrong, what follows from it, and what to write instead.",
        check=_string("The id of the check that found it."),
        severity=_one_of(Severity, "How bad it is."),
        confidence=_one_of(Confidence, "How it is known: guessed, read from the SQL, or seen in a run."),
        message=_string("What is wrong."),
        effect=_string("What follows from it."),
        remedy=_string("What to write instead, ready to paste."),
        subject=_string("The database object or the revision it is about."),
        statement=_string("The SQL it was seen in."),
        location={"oneOf": [_ref("location"), {"type": "null"}]},
        evidence={"type": "object", "additionalProperties": {"type": "string"}},
        fingerprint={
            "description": "The same for the same finding in every run, wherever its line moves.",
            "type": "string",
            "pattern": "^[0-9a-f]{32}$",
        },
    )


def _location() -> Schema:
    return _object(
        "A place in the project's files.",
        path=_string("Counted from the project's root."),
        line={"description": "Counted from 1.", "type": ["integer", "null"], "minimum": 1},
        revision={"type": ["string", "null"]},
        direction={"enum": [*(member.value for member in Direction), None]},
    )


def _table() -> Schema:
    return _object(
        "A table of text cells.",
        title=_string("Its title."),
        columns=_list({"type": "string"}, "The names of the columns."),
        rows=_list({"type": "array", "items": {"type": "string"}}, "The rows, each a cell a column."),
    )


def _lines() -> Schema:
    return _object(
        "Lines of text.", title=_string("Their title."), lines=_list({"type": "string"}, "The lines, as they are.")
    )


def _impact() -> Schema:
    return _object(
        "What test-rollback tells about the costs of both directions.",
        scaled={"description": "Whether the numbers are the target's.", "type": "boolean"},
        not_scaled=_string("Why the numbers are those of the sandbox itself; '' where they are the target's."),
        upgrade=_ref("costs"),
        downgrade=_ref("costs"),
    )


def _distribution() -> Schema:
    row = _object(
        "One place on the axis.",
        label=_string("Its name."),
        counts=_list({"type": "integer"}, "A number for each of the series."),
    )
    return _object(
        "Counts by size, month, year or stretch of keys.",
        subject=_string("The column, or the rule and what it is about."),
        axis=_string("What the labels are."),
        series=_list({"type": "string"}, "Currencies; or rows and broken, where it is about a rule."),
        rows=_list(row, "The places, in their order."),
        looked_at=_string("How many rows the counts come from, and whether these are all."),
    )


def _costs() -> Schema:
    interval = {"oneOf": [_ref("interval"), {"type": "null"}]}
    lock = _object(
        "The strongest lock on one table.",
        table=_string("Its name."),
        lock={"description": "The lock's mode.", "enum": [str(mode) for mode in LockMode]},
        seconds=_ref("interval"),
        complete={"description": "False where it may be held longer than is known.", "type": "boolean"},
    )
    size = _object(
        "A table whose size changes, its indexes and TOAST included.",
        table=_string("Its name."),
        before_bytes=_ref("interval"),
        after_bytes=_ref("interval"),
    )
    statement = _object(
        "One statement.",
        index={"description": "Its place in the run, from 0.", "type": "integer", "minimum": 0},
        basis=_one_of(Basis, "What its time rests on."),
        seconds=interval,
        why=_string("Why nothing is known; '' where something is."),
    )
    return _object(
        "What one direction costs. null stands for what is not known.",
        reason=_string("Why there is no estimate; '' where there is one."),
        seconds=interval,
        rows_changed=interval,
        wal_bytes=interval,
        locks=_list(lock, "The strongest first."),
        sizes=_list(size, "By name."),
        statements=_list(statement, "In the order in which they run."),
    )


def _interval() -> Schema:
    return _object(
        "A quantity with the ends that it should lie between.",
        low={"type": "number"}, likely={"type": "number"}, high={"type": "number"},
    )  # fmt: skip


def main() -> int:
    text = write_schema()
    if "--check" in sys.argv[1:]:
        if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
            return 0
        print(f"{PAGE.name} is out of date: python tools/write_report_schema.py", file=sys.stderr)  # noqa: T201
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
