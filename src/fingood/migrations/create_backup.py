# fingood-migrations 0.1.0 sha256:ee770e5fe549e870 (a stub: put your own code into files of your own)
"""Takes a backup point of the database. The same as `fingood create-backup`."""

from fingood.cli.scripts import run_script

if __name__ == "__main__":
    run_script("create-backup", home=__file__)
