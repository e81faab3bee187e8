"""Whether an expression is computed anew for each row, which decides if ADD COLUMN ... DEFAULT rewrites the table.

PostgreSQL evaluates a default that is not volatile once and stores it in the catalog (manual, ALTER TABLE, Notes; since
version 11). ``now()`` is stable and therefore no rewrite.
"""

from __future__ import annotations

import re

from fingood.statements.grammar import Node, kind_of, strings, walk

_VOLATILE_WORDS = """
    random random_normal gen_random_uuid gen_random_bytes gen_salt clock_timestamp timeofday nextval setval currval
    lastval uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuidv4 uuidv7 pg_sleep
"""
VOLATILE = frozenset(_VOLATILE_WORDS.split())
"""Functions that PostgreSQL or its contrib modules mark VOLATILE (pg_proc.provolatile) and defaults really use."""

_SETTLED_WORDS = """
    now transaction_timestamp statement_timestamp current_setting current_database current_schema current_user
    session_user user version timezone date_trunc date_part extract age to_char to_date to_number to_timestamp
    make_date make_time make_timestamp make_timestamptz make_interval justify_days justify_hours justify_interval
    isfinite lower upper initcap btrim ltrim rtrim trim length char_length character_length octet_length substr
    substring overlay position strpos replace translate concat concat_ws format left right lpad rpad repeat reverse
    split_part chr ascii md5 sha224 sha256 sha384 sha512 encode decode quote_ident quote_literal quote_nullable abs ceil
    ceiling floor round trunc sign sqrt power mod div greatest least coalesce nullif numeric int4 int8 float8 text
    json_build_object json_build_array jsonb_build_object jsonb_build_array to_json to_jsonb json_object jsonb_object
    array_fill array_append array_prepend array_cat array_length cardinality string_to_array array_to_string
    regexp_replace regexp_match to_tsvector to_tsquery plainto_tsquery int4range int8range numrange tsrange tstzrange
    daterange lower_inf upper_inf isempty txid_current pg_current_xact_id inet_client_addr inet_server_addr hashtext
    uuid_nil uuid_ns_dns uuid_ns_url uuid_generate_v3 uuid_generate_v5 convert_to convert_from bit_length
"""
_SETTLED = frozenset(_SETTLED_WORDS.split())
"""Functions of the server and its contrib modules that are IMMUTABLE or STABLE."""


def is_volatile(expression: Node) -> bool:
    """True where the expression calls a volatile function, or one whose volatility nobody here knows."""
    calls = (part for part in walk(expression) if kind_of(part) == "FuncCall")
    return any(not _SETTLED.intersection(strings(call.funcname)[-1:]) for call in calls)


def is_surely_volatile(expression_sql: str) -> bool:
    """True where a function known to be volatile appears in the expression's text."""
    return any(word in VOLATILE for word in re.findall(r"\w+", expression_sql.lower()))
