"""Values that every room shares: frozen, compared by value, importing nothing but the standard library.

In: nothing. Out: Severity, Finding, Statement, Plan, Facts, Snapshot, Fingerprint, AuditEvent, CheckRun, Report.
No I/O happens here, and no value knows how it is shown.
"""
