-- A server that answers other hosts without TLS.
SELECT current_setting('listen_addresses') AS addresses
WHERE current_setting('ssl') = 'off'
  AND EXISTS (SELECT FROM regexp_split_to_table(current_setting('listen_addresses'), '\s*,\s*') a(address)
              WHERE a.address NOT IN ('', 'localhost', '127.0.0.1', '::1'))
