"""The arithmetic of an estimate: more rows never cost less, ends lie around the likely value and not too far apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fingood.estimation.scaling import Ratio, scaled
from fingood.model.action import Action, IndexSpec, Verb
from fingood.model.estimate import Interval
from fingood.model.plan import Statement
from fingood.model.quantities import in_words, seconds_in_words, size_in_words

times = st.floats(min_value=0.0001, max_value=1000)
ratios = st.floats(min_value=0.2, max_value=1e5)
INDEX = Action(verb=Verb.CREATE_INDEX, index=IndexSpec(name="i"))


def statement(duration: float) -> Statement:
    return Statement(index=0, sql="CREATE INDEX", actions=(INDEX,), duration=duration)


@given(duration=times, base=times, ratio=ratios)
def test_the_likely_value_lies_between_ends_at_most_a_factor_four_apart(
    duration: float, base: float, ratio: float
) -> None:
    seconds = scaled(statement(duration), base, Ratio(rows=ratio, bytes=ratio, sample_rows=100_000)).seconds
    assert seconds is not None
    assert 0 < seconds.low <= seconds.likely
    assert seconds.high <= seconds.low * 4.0001


@given(duration=times, base=times, small=ratios, more=st.floats(min_value=1.3, max_value=100))
def test_more_rows_never_cost_less(duration: float, base: float, small: float, more: float) -> None:
    few, many = (
        scaled(statement(duration), base, Ratio(rows=r, bytes=r, sample_rows=100_000)).seconds
        for r in (max(small, 1.2), max(small, 1.2) * more)
    )
    assert few is not None
    assert many is not None
    assert many.high >= few.high * 0.999
    assert many.likely >= few.likely * 0.999


def test_bloat_widens_the_interval_because_rows_and_bytes_disagree() -> None:
    tight = scaled(statement(1.0), 0.0, Ratio(rows=10, bytes=10)).seconds
    bloated = scaled(statement(1.0), 0.0, Ratio(rows=10, bytes=20)).seconds
    assert tight is not None
    assert bloated is not None
    assert bloated.high > tight.high


def test_quantities_are_told_in_two_figures() -> None:
    assert [seconds_in_words(n) for n in (0.0001, 0.0123, 3.42, 41.2, 430, 9000)] == [
        "under 1 ms", "12 ms", "3.4 s", "41 s", "7.2 min", "2.5 h",
    ]  # fmt: skip
    assert in_words(Interval(25, 41, 70)) == "about 41 s (25–70 s)"
    assert in_words(Interval(0.5, 0.886, 1.8)) == "about 890 ms (500 ms–1.8 s)"
    assert in_words(Interval(0.001, 0.002, 0.009)) == "under 10 ms"
    assert [size_in_words(n) for n in (12, 2048, 3 << 30)] == ["12 bytes", "2 kB", "3 GB"]
