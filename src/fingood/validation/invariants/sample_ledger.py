"""A small sound ledger that examples begin with: two accounts a currency, four transactions of two legs."""


def tables(*, accounts: str = "", entries: str = "", postings: str = "") -> str:
    """The ledger's tables, with further columns."""
    return f"""
CREATE TABLE accounts (id bigint PRIMARY KEY, currency varchar(3) NOT NULL{_more(accounts)});
CREATE TABLE journal_entries (id bigint PRIMARY KEY, booked_on date NOT NULL{_more(entries)});
CREATE TABLE postings (
  id bigint PRIMARY KEY,
  entry_id bigint NOT NULL REFERENCES journal_entries (id),
  account_id bigint NOT NULL REFERENCES accounts (id),
  amount numeric(18, 4),
  currency varchar(5){_more(postings)}
);
"""


def _more(columns: str) -> str:
    return f", {columns}" if columns else ""


TABLES = tables()

ROWS = """
INSERT INTO accounts (id, currency) VALUES (1, 'EUR'), (2, 'EUR'), (3, 'JPY'), (4, 'JPY');
INSERT INTO accounts (id, currency) VALUES (5, 'BHD'), (6, 'BHD'), (7, 'CLF'), (8, 'CLF');
INSERT INTO journal_entries (id, booked_on) VALUES
  (1, '2024-03-01'), (2, '2024-03-04'), (3, '2024-03-05'), (4, '2024-03-06');
INSERT INTO postings (id, entry_id, account_id, amount, currency) VALUES
  (1, 1, 1, 10.25, 'EUR'), (2, 1, 2, -10.25, 'EUR'),
  (3, 2, 3, 1500, 'JPY'), (4, 2, 4, -1500, 'JPY'),
  (5, 3, 5, 1.125, 'BHD'), (6, 3, 6, -1.125, 'BHD'),
  (7, 4, 7, 0.0001, 'CLF'), (8, 4, 8, -0.0001, 'CLF');
"""
