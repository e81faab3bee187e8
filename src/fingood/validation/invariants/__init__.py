"""The invariants, one file each: what must be true of the data, after whom, and how bad it is when it is not.

In: LedgerTables and a read-only connection. Out: rules that become one statement a table, or findings.
INVARIANTS is the only list of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from fingood.validation.invariants import (
    account_currency,
    constraints,
    currency_code,
    double_entry,
    float_money,
    missing,
    not_a_number,
    precision,
    sequences,
)
from fingood.validation.invariants.base import RowInvariant, SetInvariant

INVARIANTS: Mapping[str, RowInvariant | SetInvariant] = {
    invariant.id: invariant
    for invariant in (
        double_entry.INVARIANT,
        missing.INVARIANT,
        not_a_number.INVARIANT,
        precision.INVARIANT,
        currency_code.INVARIANT,
        account_currency.INVARIANT,
        float_money.INVARIANT,
        constraints.ORPHANS,
        constraints.UNVALIDATED,
        sequences.INVARIANT,
    )
}

FINANCIAL = frozenset(
    {"double-entry", "amount-missing", "amount-not-a-number", "amount-precision", "currency-code"}
    | {"currency-of-account", "amount-float"}
)
"""Those that need money columns; the others hold for every database."""
