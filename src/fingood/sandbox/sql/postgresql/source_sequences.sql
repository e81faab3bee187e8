-- Where every sequence of the user stands; NULL where it gave out nothing yet or cannot be read.
SELECT schemaname, sequencename, last_value
FROM pg_catalog.pg_sequences
WHERE schemaname !~ '^pg_'
