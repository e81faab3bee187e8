-- Quarterly statements of the customers' accounts: what the postings add up to at the quarter's ends.
INSERT INTO ledger.statements
    (account_id, period_start, period_end, currency, opening_balance, closing_balance, issued_at)
SELECT account_id, period_start, period_end, currency,
       coalesce(lag(closing) OVER (PARTITION BY account_id ORDER BY period_end), 0),
       closing,
       (period_end + 1)::timestamp AT TIME ZONE 'UTC'
FROM (
    SELECT a.id AS account_id, a.currency, q.period_start, q.period_end,
           sum(coalesce(m.moved, 0)) OVER (PARTITION BY a.id ORDER BY q.period_end) AS closing
    FROM ledger.accounts AS a
    CROSS JOIN (
        SELECT first::date AS period_start, (first + interval '3 months' - interval '1 day')::date AS period_end
        FROM generate_series(timestamp '2024-01-01', timestamp '2024-10-01', interval '3 months') AS s (first)
    ) AS q
    LEFT JOIN (
        SELECT p.account_id, date_trunc('quarter', e.value_date::timestamp)::date AS quarter, sum(p.amount) AS moved
        FROM ledger.postings AS p JOIN ledger.journal_entries AS e ON e.id = p.entry_id
        GROUP BY 1, 2
    ) AS m ON m.account_id = a.id AND m.quarter = q.period_start
    WHERE a.kind = 'customer'
) AS running
