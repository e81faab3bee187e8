# fingood-migrations 0.1.0 sha256:19b88e7f5ea3cf39 (a stub: put your own code into files of your own)
"""Checks the project's migration documents. The same as `fingood validate-docs`."""

from fingood.cli.scripts import run_script

if __name__ == "__main__":
    run_script("validate-docs", home=__file__)
