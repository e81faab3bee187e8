"""Tests of this project's migrations. This file is yours: add tests of your own beside these.

The fixtures come with fingood. Run: python -m pytest migrations/tests/ -v
"""


def test_the_history_has_one_head(fingood_history):
    assert len(fingood_history.heads) <= 1, f"merge the heads: alembic merge {' '.join(fingood_history.heads)}"


def test_a_revision_goes_up_down_and_up_again(fingood_revision, fingood_prove_rollback):
    """Runs once per revision, in a copy that is thrown away."""
    report = fingood_prove_rollback(fingood_revision)
    assert report.exit_code == 0, report.headline
