-- The server's clock, to be laid beside ours.
SELECT extract(epoch FROM clock_timestamp())::float8 AS server
