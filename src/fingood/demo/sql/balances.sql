-- The cached balance of every account that was booked on.
INSERT INTO ledger.account_balances (account_id, currency, balance, last_posting_id, updated_at)
SELECT a.id, a.currency, sum(p.amount), max(p.id), timestamptz '2025-01-01 00:00:00+00'
FROM ledger.postings AS p JOIN ledger.accounts AS a ON a.id = p.account_id
GROUP BY a.id, a.currency
ORDER BY a.id
