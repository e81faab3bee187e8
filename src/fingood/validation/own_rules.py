"""Invariants of the user's own: conditions in the settings, and Python files that define what the built-in files do.

A condition is SQL that a bad row of the table meets; the table's columns may stand under ``t``. A Python file defines
``RuleInvariant`` or ``SetInvariant`` values at its top level. Both are batched with the rest: one scan a table.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from fingood.errors import ConfigError
from fingood.settings.values import OwnRule
from fingood.validation.invariants import INVARIANTS, Invariant
from fingood.validation.invariants.base import Look, RuleInvariant, SetInvariant
from fingood.validation.ledger import LedgerTable
from fingood.validation.recognise import find_table
from fingood.validation.rule import NotEvaluated, Rule


def own_invariants(rules: Sequence[OwnRule], files: Iterable[Path]) -> tuple[Invariant, ...]:
    """The user's invariants, checked for ids that are taken.

    Raises ConfigError for an id that occurs twice, and for a file that cannot be loaded or defines none.
    """
    found = [*map(_of_settings, rules), *(one for file in files for one in _of_file(file))]
    seen = set(INVARIANTS)
    for invariant in found:
        if invariant.id in seen:
            raise ConfigError(f"two invariants are called '{invariant.id}'", key="rule", hint="give one another id")
        seen.add(invariant.id)
    return tuple(found)


def _of_settings(own: OwnRule) -> RuleInvariant:
    def rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
        meant = find_table(look.recognised.facts, own.table)
        if meant is None:
            raise NotEvaluated(f"there is no table {own.table}")
        if table.name == meant.name:
            yield Rule(
                condition=f"({own.condition})",
                severity=own.severity,
                message=own.message or f"{{rows}} of {table.name} meet {own.condition}",
                effect=own.effect,
                subject=str(table.name),
                certain=True,
            )

    return RuleInvariant(
        id=own.id,
        meaning=own.message.replace("{rows}", "no rows") or f"no row of {own.table} meets {own.condition}",
        standard="a rule of your own, [[tool.fingood.rule]]",
        severity=own.severity,
        rules=rules,
    )


def _of_file(file: Path) -> Iterator[Invariant]:
    spec = importlib.util.spec_from_file_location(f"fingood_own_rules_{file.stem}", file)
    if not file.is_file() or spec is None or spec.loader is None:
        raise ConfigError(f"validation.rules names {file}, which is no Python file", key="validation.rules")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # a user's file may raise anything
        raise ConfigError(
            f"{file} cannot be loaded: {type(error).__name__}: {error}", key="validation.rules"
        ) from error
    found = [value for value in vars(module).values() if isinstance(value, (RuleInvariant, SetInvariant))]
    if not found:
        raise ConfigError(
            f"{file} defines no invariant",
            key="validation.rules",
            hint="a RuleInvariant or SetInvariant at its top level",
        )
    yield from found
