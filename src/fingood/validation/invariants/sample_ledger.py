"""A small sound ledger that examples begin with: two accounts a currency, four transactions of two legs."""

TABLES = """
CREATE TABLE accounts (id bigint PRIMARY KEY, currency varchar(3) NOT NULL);
CREATE TABLE journal_entries (id bigint PRIMARY KEY, booked_on date NOT NULL);
CREATE TABLE postings (
  id bigint PRIMARY KEY,
  entry_id bigint NOT NULL REFERENCES journal_entries (id),
  account_id bigint NOT NULL REFERENCES accounts (id),
  amount numeric(18, 4),
  currency varchar(5)
);
"""

ROWS = """
INSERT INTO accounts VALUES (1, 'EUR'), (2, 'EUR'), (3, 'JPY'), (4, 'JPY');
INSERT INTO accounts VALUES (5, 'BHD'), (6, 'BHD'), (7, 'CLF'), (8, 'CLF');
INSERT INTO journal_entries VALUES (1, '2024-03-01'), (2, '2024-03-04'), (3, '2024-03-05'), (4, '2024-03-06');
INSERT INTO postings VALUES
  (1, 1, 1, 10.25, 'EUR'), (2, 1, 2, -10.25, 'EUR'),
  (3, 2, 3, 1500, 'JPY'), (4, 2, 4, -1500, 'JPY'),
  (5, 3, 5, 1.125, 'BHD'), (6, 3, 6, -1.125, 'BHD'),
  (7, 4, 7, 0.0001, 'CLF'), (8, 4, 8, -0.0001, 'CLF');
"""
