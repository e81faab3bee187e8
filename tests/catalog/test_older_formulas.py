"""Fingerprints that an earlier version of the library took and somebody keeps: still comparable, by their own formula.

fingerprints-2.json was written by the last version whose formula was fingood-2, from the tables below. Neither the file
nor the tables are ever to be changed: what they hold stands in people's backups.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.catalog.test_fingerprint import run

from fingood.catalog import compare_fingerprints, connect, take_fingerprints
from fingood.errors import CouldNotLook, InternalError
from fingood.model.names import RelationName
from fingood.model.snapshot import Fingerprint, Strength

KEPT = Path(__file__).with_name("fingerprints-2.json")
STATEMENTS = (
    "CREATE DOMAIN iso AS char(3)",
    "CREATE DOMAIN euros AS numeric(12,2)",
    """CREATE TABLE entry (id int8 PRIMARY KEY, posting int8, account int4 NOT NULL, kind int2, amount numeric(20,4),
       rate numeric, fee euros, cents money, currency char(3), country iso, mark bpchar, memo text, tag varchar(9),
       booked timestamptz, made timestamp, day date, hour time, hour_there timetz, lasts interval, ok bool, ref uuid,
       raw bytea, doc jsonb, plain json, ratio float8, share float4, number oid, parts int4[], net inet)""",
    """INSERT INTO entry
       SELECT CASE g % 4 WHEN 3 THEN g * 4294967296 WHEN 2 THEN -g ELSE g END, CASE g % 5 WHEN 4 THEN NULL
              WHEN 3 THEN g * 9007199254740993 WHEN 2 THEN -g ELSE g / 2 END, g * 7919 - 100000, g % 3,
              ((g * 7919) % 100000 - 50000) / 10000.0, (ARRAY['1.1', '1.10', '-1.1', 'NaN', 'Infinity', '0', NULL,
              '1e-20', '1e30', '10000'])[1 + g % 10]::numeric, g / 7.0, (g - 50)::money,
              (ARRAY['EUR', 'USD', 'X', NULL])[1 + g % 4], 'DE', (ARRAY['a', 'a  ', ''])[1 + g % 3],
              CASE g % 6 WHEN 5 THEN NULL ELSE 'rent ' || g || ' é' END, 't' || g % 4,
              CASE g % 9 WHEN 8 THEN 'infinity' WHEN 7 THEN '-infinity'
              ELSE timestamptz '1999-12-31 00:00+00' + g * interval '1 h 11 min 34.967297 s' END,
              timestamp '2024-02-29' + g * interval '1 ms', date '1999-12-01' + g, time '00:00' + g * interval '13 min',
              timetz '10:00+01', (ARRAY['1 mon', '30 days', '-1 s'])[1 + g % 3]::interval, g % 2 = 0,
              lpad(g::text, 32, '0')::uuid, decode(lpad(to_hex(g), 4, '0'), 'hex'),
              ('{"a": ' || g || '.0}')::jsonb, ('{"a":  ' || g || '}')::json, (ARRAY[0, '-0', 'NaN', 0.1])[1 + g % 4],
              g / 3.0, g, ARRAY[g, NULL, -g], ('10.0.0.' || g)::inet
         FROM generate_series(1, 60) g""",
    "CREATE TABLE leg (book char(3), number int4, part int2, amount numeric(20,4), seen int8, "
    "PRIMARY KEY (book, number, part))",
    "INSERT INTO leg SELECT 'B' || g % 3, g, g % 2, g / 8.0, g * 4294967297 FROM generate_series(1, 30) g",
    "CREATE TABLE note (at timestamptz, amount numeric, words text, n int8)",
    "INSERT INTO note SELECT to_timestamp(g % 4), g % 5, 'w' || g % 3, g * 3000000000 FROM generate_series(1, 20) g",
    "CREATE TABLE small (id int4 PRIMARY KEY, v int8, w int4)",
    "INSERT INTO small SELECT g, g * 5000000000, -g FROM generate_series(-10, 10) g",
)


def kept(strength: Strength) -> dict[RelationName, Fingerprint]:
    """As they were written down."""
    listed = [one for one in json.loads(KEPT.read_text()) if one["strength"] == strength.value]
    prints = [
        Fingerprint(
            **{
                **{name: value for name, value in one.items() if name != "schema"},
                "table": RelationName(one["schema"], one["table"]),
                "strength": strength,
                "key": tuple(one["key"]),
            }
        )
        for one in listed
    ]
    return {one.table: one for one in prints}


@pytest.fixture
def fixed(postgres_url: str) -> str:
    run(postgres_url, *STATEMENTS)
    return postgres_url


@pytest.mark.parametrize("strength", Strength, ids=str)
def test_what_an_earlier_version_took_is_what_this_one_takes_by_its_formula(fixed, strength):
    before = kept(strength)
    assert len(before) == 4
    with connect(fixed) as connection:
        now = take_fingerprints(connection, like=before)
        newest = take_fingerprints(connection, strength=strength)
    assert now == before
    assert {one.formula for one in newest.values()} == {"fingood-3"}
    assert [name for name in before if newest[name].columns == before[name].columns] == []


@pytest.mark.parametrize(
    ("statement", "column"),
    [
        ("UPDATE entry SET posting = posting + 4294967296 WHERE id = 5", "entry.posting"),
        ("UPDATE entry SET amount = -amount WHERE id = 5", "entry.amount"),
        ("UPDATE leg SET book = 'B9' WHERE number = 5", "leg.book"),
        ("UPDATE note SET n = n + 1 WHERE n = 3000000000", "note.n"),
    ],
)
def test_a_change_since_is_seen_and_placed(fixed, statement, column):
    run(fixed, statement)
    with connect(fixed) as connection:
        found = compare_fingerprints(kept(Strength.EXACT), take_fingerprints(connection, like=kept(Strength.EXACT)))
    assert [str(one.object) for one in found] == [f"column public.{column}"]


def test_a_table_made_since_has_the_newest_formula(fixed):
    run(fixed, "CREATE TABLE later (id int PRIMARY KEY)")
    with connect(fixed) as connection:
        now = take_fingerprints(connection, like=kept(Strength.EXACT))
    assert {name.name: one.formula for name, one in now.items()} == {
        **dict.fromkeys(("entry", "leg", "note", "small"), "fingood-2"),
        "later": "fingood-3",
    }


@pytest.mark.parametrize("url", ["postgresql", "sqlite"])
def test_a_formula_of_a_later_version_is_told_in_one_line(request, tmp_path, url):
    url = f"sqlite:///{tmp_path / 'a.db'}" if url == "sqlite" else request.getfixturevalue("postgres_url")
    run(url, "CREATE TABLE t (id int PRIMARY KEY)")
    with connect(url) as connection:
        before = take_fingerprints(connection)
        later = {name: replace(one, formula="fingood-99") for name, one in before.items()}
        with pytest.raises(CouldNotLook, match=r"of (public\.)?t was taken by the formula fingood-99") as caught:
            take_fingerprints(connection, like=later)
    assert "newer" in caught.value.hint


def test_fingerprints_of_two_formulas_are_never_called_equal_or_different(fixed):
    with connect(fixed) as connection, pytest.raises(InternalError, match="two formulas"):
        compare_fingerprints(kept(Strength.EXACT), take_fingerprints(connection))
