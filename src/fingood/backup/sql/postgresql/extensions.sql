-- The extensions there are files of, and whether one who is no superuser may make them.
SELECT name::text AS name, bool_or(trusted) AS trusted
  FROM pg_catalog.pg_available_extension_versions
 GROUP BY 1
