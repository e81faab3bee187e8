-- Where the server's data lies (NULL without pg_read_all_settings) and which cluster it is.
SELECT (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory') AS folder,
       (SELECT system_identifier FROM pg_catalog.pg_control_system()) AS identifier
