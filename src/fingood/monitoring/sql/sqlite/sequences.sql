-- The highest value of each table: its rowid is an integer of 64 bits.
SELECT name, seq AS last, seq / 9223372036854775807.0 AS value FROM sqlite_sequence
