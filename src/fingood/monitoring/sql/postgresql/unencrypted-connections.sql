-- Connections of clients from other hosts without TLS.
SELECT count(*) AS number
FROM pg_catalog.pg_stat_activity a
JOIN pg_catalog.pg_stat_ssl s ON s.pid = a.pid
WHERE a.datname = current_database()
  AND a.client_addr IS NOT NULL
  AND NOT a.client_addr <<= '127.0.0.0/8'::inet
  AND a.client_addr <> '::1'::inet
  AND NOT s.ssl
HAVING count(*) > 0
