-- Whether the ledger stands far enough to be filled, is still empty, and has a currency in its postings.
SELECT to_regclass('ledger.account_balances') IS NOT NULL AS built,
       EXISTS (
           SELECT FROM pg_catalog.pg_attribute
           WHERE attrelid = to_regclass('ledger.postings') AND attname = 'currency' AND NOT attisdropped
       ) AS currency_in_postings
