-- What keeps this from holding: the archiver keeps up.
SELECT count(*) AS value FROM pg_catalog.pg_ls_archive_statusdir() WHERE name LIKE '%.ready'
