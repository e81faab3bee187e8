"""A baseline: the findings that an old project already has, so that only new ones count.

The file is JSON, sorted, made to be committed and read: each entry says what it is, and why it stays may be written
into its ``reason``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fingood.errors import ConfigError
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report, Text

_FORMAT = 1


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One finding that is known."""

    check: str
    path: str
    fingerprint: str
    reason: str = ""


def write_baseline(report: Report, path: Path) -> int:
    """Writes the report's findings, with the reasons that the file already held for them. Returns how many.

    Raises ConfigError where the file cannot be written, or holds something else than a baseline.
    """
    before = {entry.fingerprint: entry.reason for entry in read_baseline(path)} if path.exists() else {}
    entries = sorted({_entry(finding, before) for finding in _findings(report)})
    listed = [
        {"check": one.check, "path": one.path, "fingerprint": one.fingerprint, "reason": one.reason} for one in entries
    ]
    text = json.dumps({"fingood_baseline": _FORMAT, "findings": listed}, indent=2, ensure_ascii=False) + "\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--write-baseline: cannot write {path}: {error.strerror}") from None
    return len(entries)


def read_baseline(path: Path) -> tuple[Entry, ...]:
    """The entries of a file. Raises ConfigError, with the line where the JSON is wrong."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        hint = "--write-baseline FILE writes one"
        raise ConfigError(f"--baseline: cannot read {path}: {error.strerror}", hint=hint) from None
    except json.JSONDecodeError as error:
        raise ConfigError(f"--baseline: {path} line {error.lineno} is no JSON: {error.msg}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"--baseline: {path} is not UTF-8") from None
    if not isinstance(data, dict) or data.get("fingood_baseline") != _FORMAT:
        raise ConfigError(f"--baseline: {path} is no baseline", hint="--write-baseline FILE writes one")
    listed = data.get("findings")
    if not isinstance(listed, list):
        raise ConfigError(f"--baseline: {path} has no list of findings", hint="--write-baseline FILE writes it anew")
    return tuple(_read(entry, number, path) for number, entry in enumerate(listed, 1))


def _read(entry: Any, number: int, path: Path) -> Entry:
    values = (
        [entry.get(key, "") for key in ("check", "path", "fingerprint", "reason")] if isinstance(entry, dict) else []
    )
    if not values or not all(isinstance(value, str) for value in values) or not values[2]:
        raise ConfigError(f"--baseline: entry {number} of {path} has no fingerprint")
    return Entry(*values)


def hide_known(report: Report, path: Path) -> Report:
    """The report without the findings that the baseline holds; they are kept as known, and not counted.

    What the baseline holds and nothing finds any more is told, so that it can be taken out.
    """
    entries = {entry.fingerprint: entry for entry in read_baseline(path)}
    hidden = _hidden(report, entries)
    known = {finding.fingerprint for run in hidden.all_runs for finding in run.known}
    judged = {run.check for run in report.all_runs if run.outcome is not Outcome.ERRORED}
    gone = sorted(entry for one, entry in entries.items() if one not in known and entry.check in judged)
    lines = [f"{len(known)} known finding{'' if len(known) == 1 else 's'} in {path}, not counted"] if known else []
    lines += [f"no longer found: {entry.check} in {entry.path}" for entry in gone]
    if gone:
        lines.append(f"take them out: --write-baseline {path}")
    if not lines:
        return hidden
    data = {**hidden.data, "baseline": {"known": len(known), "gone": [entry.fingerprint for entry in gone]}}
    return replace(hidden, data=data, sections=(*hidden.sections, Text(title="baseline", lines=tuple(lines))))


def _hidden(report: Report, entries: Mapping[str, Entry]) -> Report:
    runs = tuple(_without_known(run, entries) for run in report.runs)
    children = tuple(_hidden(child, entries) for child in report.children)
    hidden = replace(report, runs=runs, children=children)
    known = sum(len(run.known) for run in runs)
    below = sum(len(run.known) for child in children for run in child.all_runs)
    if not known and not below:
        return hidden
    return replace(hidden, headline=f"{_headline(hidden)} · {known + below} known")


def _without_known(run: CheckRun, entries: Mapping[str, Entry]) -> CheckRun:
    known = tuple(finding for finding in run.findings if finding.fingerprint in entries)
    if not known:
        return run
    kept = tuple(finding for finding in run.findings if finding.fingerprint not in entries)
    words = f"{len(known)} known by the baseline"
    return replace(
        run,
        findings=kept,
        known=known,
        outcome=Outcome.FAILED if kept else Outcome.PASSED,
        reason="; ".join(filter(None, (run.reason, words))),
    )


def _headline(report: Report) -> str:
    new = len(report.findings)
    if report.blocking:
        return f"BLOCKED  {new} new finding{'' if new == 1 else 's'}"
    return f"nothing blocks · {new} new finding{'' if new == 1 else 's'}" if new else "nothing new"


def _entry(finding: Finding, reasons: Mapping[str, str]) -> Entry:
    path = finding.location.path if finding.location else ""
    fingerprint = finding.fingerprint
    return Entry(finding.check, path, fingerprint, reasons.get(fingerprint, ""))


def _findings(report: Report) -> list[Finding]:
    return [finding for run in report.all_runs for finding in (*run.findings, *run.known)]
