# fingood-migrations 0.1.0 sha256:c7d936b3704d2939 (a stub: put your own code into files of your own)
"""Shows the statements that touch a migration's tables. The same as `fingood monitor-queries`."""

from fingood.cli.scripts import run_script

if __name__ == "__main__":
    run_script("monitor-queries", home=__file__)
