"""Change control: ticket, time and approvals of the pending revisions."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

from fingood.approval import find_authors, others_than, read_approvals, standing
from fingood.errors import CouldNotLook
from fingood.gate.condition import State
from fingood.gate.evidence import Found
from fingood.gate.question import Question, named

if TYPE_CHECKING:
    from fingood.revisions import Revision

_TICKET_LINE = re.compile(r"^\s*Ticket\s*:\s*(\S.*?)\s*$", re.MULTILINE | re.IGNORECASE)


def ticketed(question: Question) -> Found:
    """Every pending revision names its ticket in its docstring, or policy.ticket names one for all of them.

    With a ticket_pattern the ticket is whatever fits it, anywhere in the docstring; without one it stands on a line of
    its own, ``Ticket: PAY-12``.
    """
    policy = question.settings.policy
    if policy.ticket:
        if policy.ticket_pattern and not re.search(policy.ticket_pattern, policy.ticket):
            text = f"policy.ticket is '{policy.ticket}', which does not fit {policy.ticket_pattern}"
            return State.MISSING, text, "FINGOOD_POLICY_TICKET=TICKET alembic upgrade head"
        return State.MET, f"{policy.ticket}, by {question.settings.origins['policy.ticket'].source}", ""
    tickets, without = [], []
    for revision in question.pending:
        found = _ticket_in(_docstring(_path(question, revision)), policy.ticket_pattern)
        if found:
            tickets.append(found)
        else:
            without.append(revision.id)
    if without:
        wanted = f"that fits {policy.ticket_pattern}" if policy.ticket_pattern else "('Ticket: PAY-12' on a line)"
        return State.MISSING, f"{named(tuple(without))}: no ticket {wanted}", "write it into the revision's docstring"
    return State.MET, named(tuple(dict.fromkeys(tickets))), ""


def _ticket_in(docstring: str, pattern: str) -> str:
    found = re.search(pattern, docstring) if pattern else _TICKET_LINE.search(docstring)
    return (found.group(0) if pattern else found.group(1)) if found else ""


def in_time(question: Question) -> Found:
    """Now lies in a change window, where there are any, and in no freeze."""
    policy, now = question.settings.policy, question.now
    freeze = next((freeze for freeze in policy.freezes if freeze.holds(now)), None)
    if freeze is not None:
        return State.MISSING, f"a freeze holds: {freeze}", "wait until it is over"
    if not policy.change_windows:
        return State.MISSING, "no change window is configured", "policy.change_windows = [...] in the settings"
    window = next((window for window in policy.change_windows if window.holds(now)), None)
    if window is None:
        text = f"{now:%a %Y-%m-%d %H:%M} UTC is in none of: {', '.join(map(str, policy.change_windows))}"
        return State.MISSING, text, "wait for the window"
    return State.MET, f"{window} is open", ""


def approved(question: Question) -> Found:
    """Each pending revision has policy.approvals (at least one) by people who did not write it, of its content now."""
    project, wanted = question.settings.project, max(1, question.settings.policy.approvals)
    people: list[str] = []
    wrong: list[str] = []
    first = ""
    for revision in question.pending:
        path = _path(question, revision)
        authors = find_authors(project.root, path, _docstring(path))
        known, unreadable = read_approvals(project.script_location, revision.id)
        counted = others_than(authors.names, standing(known, revision.content_hash))
        reason = ""
        if not authors.names:
            reason = f"nobody knows who wrote it ({authors.reason})"
        elif unreadable:
            reason = f"a record cannot be read ({unreadable[0]})"
        elif len(counted) < wanted:
            reason = f"{len(counted)} of {wanted} by others than its authors"
        if reason:
            first = first or revision.id
            wrong.append(f"{revision.id}: {reason}")
        people += [approval.approver for approval in counted]
    if wrong:
        return State.MISSING, "; ".join(wrong[:3]) + (" …" if len(wrong) > 3 else ""), f"fingood approve {first}"
    return State.MET, f"by {named(tuple(dict.fromkeys(people)))}", ""


def _path(question: Question, revision: Revision) -> Path:
    return question.settings.project.root / revision.path


def _docstring(path: Path) -> str:
    """Raises CouldNotLook where there is no source to read."""
    try:
        return ast.get_docstring(ast.parse(path.read_bytes())) or ""
    except (OSError, SyntaxError, ValueError) as error:
        raise CouldNotLook(f"{path.name} cannot be read: {type(error).__name__}") from None
