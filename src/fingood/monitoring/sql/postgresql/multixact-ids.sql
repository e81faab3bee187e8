-- What keeps this from holding: row locks of many are frozen in time.
SELECT datname::text AS database, mxid_age(datminmxid) AS value FROM pg_catalog.pg_database WHERE datallowconn
