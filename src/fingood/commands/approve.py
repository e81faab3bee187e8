"""`approve`: records somebody's approval of a revision as it is now."""

from __future__ import annotations

import ast
import time
from datetime import UTC, datetime

from fingood.approval import find_authors, is_author, others_than, read_approvals, standing, whoami, write_approval
from fingood.audit import AuditLog
from fingood.errors import Blocked, ConfigError
from fingood.model.change import Approval
from fingood.model.event import EventKind
from fingood.model.report import Report
from fingood.revisions import History, Revision
from fingood.settings import Settings


def approve(settings: Settings, revision: str, *, approver: str = "", role: str = "", comment: str = "") -> Report:
    """Writes the record and an event of the audit log. Without ``approver`` it is whom git or the system says.

    Raises Blocked for an author of the revision, HistoryError, and ConfigError where nobody is named.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    found = _one(History.load(settings.project), revision)
    name = approver.strip() or whoami(settings.project.root)
    if not name:
        raise ConfigError("nobody is named", hint="fingood approve REVISION --as NAME")
    path = settings.project.root / found.path
    authors = find_authors(settings.project.root, path, docstring_of(path.read_text(encoding="utf-8")))
    if is_author(name, authors.names):
        raise Blocked(
            f"{name} wrote {found.id} and cannot approve it",
            hint="somebody else: fingood approve REVISION --as NAME",
        )
    approval = Approval(
        revision=found.id,
        content_hash=found.content_hash,
        approver=name,
        role=role,
        comment=comment,
        at=started.replace(microsecond=0),
    )
    _record(settings, approval)
    file = write_approval(settings.project.script_location, approval)
    known, _ = read_approvals(settings.project.script_location, found.id)
    number = len(others_than(authors.names, standing(known, found.content_hash)))
    shown = file.relative_to(settings.project.root) if file.is_relative_to(settings.project.root) else file
    return Report(
        command="approve",
        subject=f"{found.id} {found.doc}".strip(),
        started=started,
        duration=time.monotonic() - clock,
        headline=f"approved by {name} · {number} of {settings.policy.approvals} approvals",
        recommendations=(f"git add {shown}", f"fingood check {found.id}"),
        data={"revision": found.id, "approver": name, "path": str(shown), "approvals": number},
    )


def _one(history: History, text: str) -> Revision:
    found = history.resolve(text)
    if len(found) != 1:
        raise ConfigError(f"'{text}' means {len(found)} revisions", hint="an approval is for one revision")
    return found[0]


def docstring_of(source: str) -> str:
    """The module's docstring; '' where there is none or the source does not parse."""
    try:
        return ast.get_docstring(ast.parse(source)) or ""
    except (SyntaxError, ValueError):
        return ""


def _record(settings: Settings, approval: Approval) -> None:
    """In the log before the file: an approval that nobody can trace is none. Raises Blocked."""
    AuditLog(settings.audit_log).append(
        EventKind.SECURITY,
        approval.revision,
        {
            "event": "approval",
            "migration_id": approval.revision,
            "content_hash": approval.content_hash,
            "detail": f"approved by {approval.approver}" + (f" ({approval.role})" if approval.role else ""),
        },
    )
