# fingood-migrations 0.1.0 sha256:530c3a58a987aaed (a stub: put your own code into files of your own)
"""Compares performance before and after a migration. The same as `fingood analyze-performance`."""

from fingood.cli.scripts import run_script

if __name__ == "__main__":
    run_script("analyze-performance", home=__file__)
