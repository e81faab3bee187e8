-- The server's version as a number: 170004.
SELECT current_setting('server_version_num')::int AS server_version
