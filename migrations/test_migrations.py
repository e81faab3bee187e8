# fingood-migrations 0.1.0 sha256:c7b02364ba79b09d (a stub: put your own code into files of your own)
"""Runs migration, rollback and data tests in a copy. The same as `fingood test-migrations`."""

from fingood.cli.scripts import run_script

if __name__ == "__main__":
    run_script("test-migrations", home=__file__)
