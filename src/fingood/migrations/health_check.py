# fingood-migrations 0.1.0 sha256:7b7332e7854cbf90 (a stub: put your own code into files of your own)
"""Looks at the health of the database. The same as `fingood health-check`."""

from fingood.cli.scripts import run_script

if __name__ == "__main__":
    run_script("health-check", home=__file__)
