-- What keeps this from holding: pg_hba.conf can be read.
SELECT line_number AS line FROM pg_catalog.pg_hba_file_rules WHERE error IS NOT NULL ORDER BY 1
