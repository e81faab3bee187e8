# fingood-migrations 0.1.0 sha256:fbbd944c8f4e6825 (a stub: put your own code into files of your own)
"""Samples the database for a while. The same as `fingood monitor-performance`."""

from fingood.cli.scripts import run_script

if __name__ == "__main__":
    run_script("monitor-performance", home=__file__)
