# fingood-migrations 0.1.0 sha256:2ce9c147227d8bd2 (a stub: put your own code into files of your own)
"""Checks the history itself. The same as `fingood validate-migrations`."""

from fingood.cli.scripts import run_script

if __name__ == "__main__":
    run_script("validate-migrations", home=__file__)
