"""Defaults that Python works out while a revision is read."""

from __future__ import annotations

import ast

import pytest

from fingood.checks.frozen_defaults import find_frozen_defaults
from fingood.checks.money_names import is_money


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ('sa.Column("tags", sa.JSON(), default=[])', "made once, while the file is read: []"),
        ('sa.Column("tags", sa.JSON(), default={"a": 1})', "made once"),
        ('sa.Column("at", sa.DateTime(), default=datetime.now())', "made once, while the file is read: now"),
        ('sa.Column("at", sa.DateTime(), server_default=str(datetime.now()))', "server_default is what now() gives"),
        ('sa.Column("at", sa.DateTime(), default=datetime.now)', ""),
        ('sa.Column("tags", sa.JSON(), default=list)', ""),
        ('sa.Column("tags", sa.JSON(), default=[], server_default="[]")', ""),
        ('sa.Column("at", sa.DateTime(), server_default=sa.func.now())', ""),
        ('sa.Column("n", sa.Integer(), default=0)', ""),
    ],
)
def test_a_default_that_is_made_once_is_found(column: str, words: str) -> None:
    tree = ast.parse(f'op.create_table("t", {column})')
    found = [hit.message for hit in find_frozen_defaults(tree, "versions/a.py", "a1")]
    assert len(found) == bool(words)
    assert all(words in message for message in found)


@pytest.mark.parametrize(
    ("name", "money"),
    [("total", True), ("order_total", True), ("grandTotal", True), ("total_rows", False), ("total_count", False)],
)
def test_a_total_is_money_where_nothing_else_is_counted(name: str, money: bool) -> None:
    assert is_money(name) is money
