-- The smallest read that goes the way of the application's: it opens the schema, and in WAL mode it tells what the
-- file's own header does not know yet.
SELECT (SELECT freelist_count FROM pragma_freelist_count) AS free_pages,
       (SELECT schema_version FROM pragma_schema_version) AS schema_version,
       (SELECT count(*) FROM sqlite_master) AS objects
