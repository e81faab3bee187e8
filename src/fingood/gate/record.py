"""Every decision in the audit log: what was met, what was missing, and who went on in spite of it."""

from __future__ import annotations

from dataclasses import replace

from fingood.audit import AuditLog
from fingood.gate.condition import Decision, State
from fingood.model.event import EventKind


def record_decision(log: AuditLog, decision: Decision, *, run: str = "", dry: bool = False) -> Decision:
    """Writes the event and returns the decision with its number. ``dry``: nobody was about to upgrade.

    Raises Blocked where the log cannot be written: what cannot be recorded is not done.
    """
    outcome = "overridden" if decision.missing and decision.override else "allowed" if decision.allowed else "refused"
    event = log.append(
        EventKind.SECURITY,
        decision.target or "policy",
        {
            "event": "policy_override" if outcome == "overridden" else "policy_decision",
            "severity": "info" if outcome == "allowed" else "warning",
            "outcome": outcome,
            "mode": "look" if dry else "upgrade",
            "reason": decision.override or None,
            "environment": decision.environment,
            "target": decision.target or None,
            "revisions": list(decision.revisions),
            "met": [one.name for one in decision.conditions if one.state is State.MET],
            "missing": [one.name for one in decision.missing],
            "detail": "\n".join(decision.lines)[:1900],
            "run": run or None,
        },
    )
    return replace(decision, sequence=event.sequence)
