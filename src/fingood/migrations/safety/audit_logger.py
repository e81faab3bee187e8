# fingood-migrations 0.1.0 sha256:8486047826b0502f (a stub: put your own code into files of your own)
"""The audit log: get_audit_logger() for your own code; as a script it reports and verifies."""

from fingood.audit import get_audit_logger
from fingood.cli.scripts import run_script

__all__ = ["get_audit_logger"]

if __name__ == "__main__":
    run_script("audit", home=__file__)
