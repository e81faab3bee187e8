# fingood-migrations 0.1.0 sha256:62d81d1e7172a4c2 (a stub: put your own code into files of your own)
"""Reports controls and their evidence. The same as `fingood generate-compliance-report`."""

from fingood.cli.scripts import run_script

if __name__ == "__main__":
    run_script("generate-compliance-report", home=__file__)
