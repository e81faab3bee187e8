"""Check digits of IBAN, LEI and ISIN and the form of BIC: known ones hold, one wrong character does not, SQL agrees."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fingood.catalog import connect
from fingood.validation import identifiers

KNOWN = {
    "iban": ("DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "fr1420041010050500013m02606", "NO9386011117947"),
    "lei": ("5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55", "HWUPKR0MPOU8FGXBT394"),
    "isin": ("US0378331005", "DE0007164600", "GB0002634946", "AU0000XVGZA3"),
    "bic": ("DEUTDEFF", "DEUTDEFF500", "NEDSZAJJXXX", "b123us33"),
}
CHECKS = [(kind, getattr(identifiers, f"is_{kind}"), getattr(identifiers, f"is_{kind}_sql")) for kind in KNOWN]


@pytest.mark.parametrize(("kind", "holds", "sql"), CHECKS)
def test_known_identifiers_hold(kind, holds, sql):
    assert [one for one in KNOWN[kind] if not holds(one)] == []


@pytest.mark.parametrize(("kind", "holds", "sql"), [check for check in CHECKS if check[0] != "bic"])
def test_a_wrong_digit_is_seen(kind, holds, sql):
    for one in KNOWN[kind]:
        wrong = one[:-1] + str((int(one[-1], 36) + 1) % 10)
        assert not holds(wrong)


TEXTS = st.one_of(
    st.sampled_from([one for many in KNOWN.values() for one in many]).flatmap(
        lambda one: st.tuples(st.integers(0, len(one) - 1), st.sampled_from("0123456789AZ aé")).map(
            lambda at: one[: at[0]] + at[1] + one[at[0] + 1 :]
        )
    ),
    st.sampled_from([one for many in KNOWN.values() for one in many]),
    st.text("0123456789ABCZ ß٣é-", max_size=34),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=30, max_size=60))
def test_postgresql_says_what_python_says(postgres, texts):
    values = ", ".join("($fg$" + text + "$fg$)" for text in texts)
    for _, holds, sql in CHECKS:
        with connect(postgres.url) as connection:
            asked = f"SELECT {sql('t.x')} FROM (VALUES {values}) t (x)"
            rows = connection.exec_driver_sql(asked, execution_options={"no_parameters": True}).fetchall()
        assert [bool(row[0]) for row in rows] == [holds(text) for text in texts]
