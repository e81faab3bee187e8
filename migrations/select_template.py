# fingood-migrations 0.1.0 sha256:4e0352fb741b78e8 (a stub: put your own code into files of your own)
"""Writes a new revision from a template. The same as `fingood select-template`."""

from fingood.cli.scripts import run_script

if __name__ == "__main__":
    run_script("select-template", home=__file__)
