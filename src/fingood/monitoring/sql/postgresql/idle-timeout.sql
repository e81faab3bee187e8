-- What keeps this from holding: sessions idle in a transaction are ended some day.
SELECT setting FROM pg_catalog.pg_settings
WHERE name = 'idle_in_transaction_session_timeout' AND reset_val = '0'
