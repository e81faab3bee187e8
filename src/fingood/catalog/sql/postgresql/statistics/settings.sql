-- Settings that decide how fast a table is sorted, read and written, as SET takes them.
SELECT s.name::pg_catalog.text AS name, pg_catalog.current_setting(s.name) AS value
FROM pg_catalog.pg_settings AS s
WHERE s.name IN (
    'maintenance_work_mem', 'work_mem', 'max_parallel_maintenance_workers', 'max_parallel_workers_per_gather',
    'default_statistics_target', 'effective_io_concurrency', 'maintenance_io_concurrency', 'random_page_cost',
    'vacuum_cost_delay', 'jit'
)
