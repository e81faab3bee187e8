# fingood-migrations 0.1.0 sha256:7f20683358c4eebe (a stub: put your own code into files of your own)
"""Goes back: a downgrade, or a backup restored. The same as `fingood emergency-rollback`."""

from fingood.cli.scripts import run_script

if __name__ == "__main__":
    run_script("emergency-rollback", home=__file__)
