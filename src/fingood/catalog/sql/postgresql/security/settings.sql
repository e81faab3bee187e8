-- Settings of the server that bear on transport, passwords, logging and integrity.
SELECT name, setting
FROM pg_catalog.pg_settings
WHERE name IN (
  'ssl', 'ssl_min_protocol_version', 'password_encryption', 'log_statement', 'shared_preload_libraries',
  'log_connections', 'log_disconnections', 'log_parameter_max_length', 'log_parameter_max_length_on_error',
  'log_error_verbosity', 'log_line_prefix', 'data_checksums', 'fsync', 'full_page_writes', 'archive_mode',
  'server_version'
)
ORDER BY name
