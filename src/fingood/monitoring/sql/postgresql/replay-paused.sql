-- What keeps this from holding: the standby replays.
SELECT 1 AS paused WHERE pg_catalog.pg_is_in_recovery() AND pg_catalog.pg_is_wal_replay_paused()
