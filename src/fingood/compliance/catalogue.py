"""The controls, read from their files, and the rules by id."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from fingood.compliance.rule import Rule
from fingood.compliance.rules import changes, database, keeping, log, project
from fingood.compliance.verdict import EvidenceKind
from fingood.errors import ConfigError

STANDARDS: Mapping[str, str] = {"SOX": "sox", "PCI_DSS": "pci_dss", "GDPR": "gdpr"}
"""A standard's name as it is typed, and the name of its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What a standard asks, in words of our own. ``clause`` is where it stands there, ``source`` the text and edition
    that was read, ``evidence`` what could show it. ``person`` is what no machine can judge; a control without ``rules``
    is for a person alone, to whom the answers of ``shows`` are shown."""

    id: str
    standard: str
    clause: str
    text: str
    source: str
    evidence: tuple[EvidenceKind, ...]
    rules: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    person: str = ""


RULES: Mapping[str, Rule] = {
    each.id: each
    for module in (log, changes, keeping, project, database)
    for each in vars(module).values()
    if isinstance(each, Rule)
}


@cache
def _read(standard: str) -> tuple[Control, ...]:
    """The controls of one standard. A file with a fault raises, in the tests and not before a user."""
    path = resources.files(__package__) / "controls" / f"{STANDARDS[standard]}.toml"
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Control(
            id=item["id"],
            standard=standard,
            clause=item["clause"],
            text=item["text"],
            source=item.get("source", values["source"]),
            evidence=tuple(EvidenceKind(kind) for kind in item["evidence"]),
            rules=tuple(item.get("rules", ())),
            shows=tuple(item.get("shows", ())),
            person=item.get("person", ""),
        )
        for item in values["control"]
    )


CONTROLS: Mapping[str, Control] = {control.id: control for name in STANDARDS for control in _read(name)}


def choose_controls(standards: Iterable[str]) -> tuple[Control, ...]:
    """The controls of these standards. Raises ConfigError for one that is not known, and for none."""
    wanted = tuple(dict.fromkeys(standards))
    unknown = [name for name in wanted if name not in STANDARDS]
    if unknown or not wanted:
        said = f"no standard '{', '.join(unknown)}'" if unknown else "no standard is named"
        raise ConfigError(f"--standards: {said}", key="standards", hint=f"one or more of {', '.join(STANDARDS)}")
    return tuple(control for control in CONTROLS.values() if control.standard in wanted)
