# fingood-migrations 0.1.0 sha256:15ca0d75378720be (a stub: put your own code into files of your own)
"""Checks migrations and proves that they can be undone: check, test-rollback, validate-all."""

from fingood.cli.scripts import run_group

if __name__ == "__main__":
    run_group(("check", "test-rollback", "validate-all"), home=__file__)
