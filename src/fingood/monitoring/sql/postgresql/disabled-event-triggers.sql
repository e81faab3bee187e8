-- What keeps this from holding: event triggers fire.
SELECT evtname::text AS name FROM pg_catalog.pg_event_trigger WHERE evtenabled = 'D' ORDER BY 1
