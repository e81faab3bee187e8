"""What protects a database is read on a real server; a right that is lacking is told and no row is made up."""

from __future__ import annotations

from fingood.catalog import connect
from fingood.catalog.security import read_security


def test_every_look_is_read_and_sees_what_is_there(postgres_url: str) -> None:
    with connect(postgres_url, read_only=False) as connection:
        connection.exec_driver_sql('CREATE TABLE "Order Lines" (card_number text)')
        connection.exec_driver_sql('GRANT SELECT (card_number) ON "Order Lines" TO PUBLIC')
        connection.exec_driver_sql("CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'")
        looks = read_security(connection)
        connection.exec_driver_sql("CREATE ROLE compliance_reader")
        connection.exec_driver_sql("SET LOCAL ROLE compliance_reader")
        hidden = read_security(connection)
    assert {name: look.reason for name, look in looks.items() if look.reason} == {}
    opened = [(row["table"], row["rights"]) for row in looks["tables_open_to_all"].rows]
    assert opened == [("Order Lines", "SELECT")]
    assert [row["fixed"] for row in looks["definer_functions"].rows] == [False]
    assert hidden["stored_passwords"].reason == "this user may not read it"
