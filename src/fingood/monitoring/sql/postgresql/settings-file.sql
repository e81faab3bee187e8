-- Lines of the configuration files that the server could not apply.
SELECT regexp_replace(sourcefile, '^.*/', '') AS file, sourceline AS line, coalesce(name, '') AS name
FROM pg_catalog.pg_file_settings f
WHERE error IS NOT NULL
  -- What only a restart changes is pending-restart's business; what the command line overrides is no fault.
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_settings s WHERE s.name = f.name AND s.context = 'postmaster')
ORDER BY 1, 2
