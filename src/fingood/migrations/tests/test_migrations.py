"""Tests of this project's migrations. This file is yours: add tests of your own beside these.

The import brings three: the history has one head, it goes up to it from empty, and each revision goes up, down and up
again with schema and data as before. Run: python -m pytest migrations/tests/ -v
"""

from fingood.pytest_plugin.tests import *  # noqa: F403
