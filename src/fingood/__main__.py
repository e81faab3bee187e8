"""``python -m fingood`` is ``fingood``."""

from fingood.cli.main import main

main()
