"""A revision's docstring lacks what the policy asks for.

## What it does
With `docstring = ["ticket", "author", "risk"]` in `[tool.fingood.policy]`, finds revisions whose docstring does not say
each of these on a line of its own (`Ticket: PAY-12`). With `ticket_pattern` the ticket must fit that regular
expression, and may stand anywhere in the docstring.

## Why it matters
An auditor goes from the change in the database to the ticket that allowed it. Where the revision does not name it,
somebody has to remember.

## Instead
`Ticket: PAY-12`, `Author: Asha`, `Risk: low, a new table` in the docstring.

## Standard
SOX change control (traceability); PCI DSS 6.5.1. Since fingood 0.2.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.checks.history_check import Gap, history_check
from fingood.checks.past import DocstringPolicy, Past
from fingood.model.severity import Severity


@history_check(title="A docstring lacks what the policy asks for", severity=Severity.ERROR)
def docstring(past: Past) -> Iterator[Hit | Gap]:
    policy = past.policy
    if not policy.fields:
        yield Gap("the policy asks for nothing: docstring in [tool.fingood.policy]")
        return
    for revision in past.loaded.ordered():
        tree = past.trees.get(revision.id)
        text = (ast.get_docstring(tree) or "") if tree is not None else ""
        lacking = [name for name in policy.fields if not _says(text, name, policy)]
        if lacking:
            yield Hit(
                message=f"the docstring of {revision.id} does not say: {', '.join(lacking)}",
                effect="Nobody gets from this change to who asked for it and why.",
                remedy="\n".join(f"{name.capitalize()}: {_example(name, policy)}" for name in lacking),
                location=past.place(revision),
                subject=revision.id,
            )


def _says(text: str, name: str, policy: DocstringPolicy) -> bool:
    pattern = policy.ticket_pattern if name.lower() == "ticket" else ""
    if pattern and re.search(pattern, text):
        return True
    said = re.search(rf"^\s*{re.escape(name)}\s*:[ \t]*(\S.*)$", text, re.IGNORECASE | re.MULTILINE)
    return said is not None and not pattern


def _example(name: str, policy: DocstringPolicy) -> str:
    if name.lower() == "ticket" and policy.ticket_pattern:
        return f"...  # must fit {policy.ticket_pattern}"
    return "..."
