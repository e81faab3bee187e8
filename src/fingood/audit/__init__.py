"""The audit log: append-only lines, each chained to the one before, and what may stand in them.

In: typed events with allow-listed fields. Out: the same events, a verification of the chain, and `get_audit_logger()`
for migrations and scripts. Whoever changes a database writes here first; what cannot be logged is not done.
"""

from fingood.audit.log import AuditLog
from fingood.audit.logger import AuditLogger, get_audit_logger
from fingood.audit.origin import current_origin
from fingood.audit.redaction import mask_literals, mask_secrets, redact
from fingood.audit.verification import Problem, ProblemKind, Verification

__all__ = [
    "AuditLog",
    "AuditLogger",
    "Problem",
    "ProblemKind",
    "Verification",
    "current_origin",
    "get_audit_logger",
    "mask_literals",
    "mask_secrets",
    "redact",
]
