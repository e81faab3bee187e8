from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingood.audit.redaction import mask_literals, redact

SECRET = "hunter2-s3cr3t"


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://bank:{SECRET}@db/ledger",
        f"postgresql+psycopg://bank:{SECRET}@db/ledger?sslmode=require",
        f"postgresql://bank:p@ss{SECRET}@db/ledger",
        f"postgresql:///ledger?host=/run&password={SECRET}",
        f"sslpassword={SECRET}",
        f"host=db user=bank password='{SECRET} x' dbname=ledger",
        f"Driver=pg;UID=bank;PWD={SECRET};",
        f"PGPASSWORD={SECRET} psql",
        f"ALTER ROLE bank PASSWORD '{SECRET}'",
        f"CREATE ROLE bank LOGIN ENCRYPTED PASSWORD E'{SECRET}\\'x'",
        f"ALTER ROLE bank PASSWORD $pw${SECRET}$pw$",
        f'{{"api_key": "{SECRET}"}}',
        f"Authorization: Bearer {SECRET}",
        f"secret_key: {SECRET}",
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----",
    ],
)
def test_a_secret_is_masked(text: str) -> None:
    assert SECRET not in redact(text)


@pytest.mark.parametrize("card", ["4111111111111111", "4111 1111 1111 1111", "5500-0000-0000-0004", "378282246310005"])
def test_a_card_number_is_masked_but_for_its_last_four_digits(card: str) -> None:
    masked = redact(f"card {card} refused")
    assert card not in masked
    assert f"****{card[-4:]}" in masked


@pytest.mark.parametrize(
    "text", ["20240101120000", "revision 20240131235959 add x", "ledger.entries", "4111111111111112"]
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_literals_of_a_statement_are_masked_and_names_stay() -> None:
    sql = """UPDATE "Order Lines" SET memo = 'it''s 42', pin = E'a\\'b', n = 12.5, x = $$secret$$ -- why
             WHERE t1.id IN (1, 2) /* 3 */"""
    assert mask_literals(sql) == 'UPDATE "Order Lines" SET memo = ?, pin = ?, n = ?, x = ? WHERE t1.id IN (?, ?)'


def test_characters_that_forge_lines_are_escaped() -> None:
    assert redact("a\x1b[2Kb\u202ec") == "a\\u001b[2Kb\\u202ec"


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Z", "C"), blacklist_characters="'\""), min_size=6))
def test_no_password_of_a_url_survives(password: str) -> None:
    assert f":{password}@" not in redact(f"postgresql://u:{password}@h/d") or password == "***"
