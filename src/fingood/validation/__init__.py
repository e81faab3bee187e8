"""Whether the money adds up: financial invariants over the data, one statement a table for what concerns single rows.

In: a read-only connection and the settings' ledger mappings. Out: CheckRuns, and what was taken for what and how sure.
Nothing is written, no row's values leave but masked keys, and what could not be looked at is skipped or errored.
"""

from fingood.validation.invariants import INVARIANTS
from fingood.validation.invariants.base import Look, RuleInvariant, SetInvariant
from fingood.validation.ledger import Certainty, LedgerTable, Recognised
from fingood.validation.recognise import recognise
from fingood.validation.rule import NotEvaluated, Rule, Source
from fingood.validation.validate import MODES, look_over, validate

__all__ = [
    "INVARIANTS",
    "MODES",
    "Certainty",
    "LedgerTable",
    "Look",
    "NotEvaluated",
    "Recognised",
    "Rule",
    "RuleInvariant",
    "SetInvariant",
    "Source",
    "look_over",
    "recognise",
    "validate",
]
