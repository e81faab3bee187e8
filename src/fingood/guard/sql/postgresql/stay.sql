-- The session that holds the run lock idles for as long as a migration takes: no timeout of the role or the database may
-- end it. Which of these exist depends on the server's version.
SELECT name, set_config(name, '0', false) AS value
  FROM pg_settings
 WHERE name IN ('idle_session_timeout', 'idle_in_transaction_session_timeout', 'statement_timeout', 'lock_timeout',
                'transaction_timeout')
