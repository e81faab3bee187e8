-- WAL is kept in the file; the other modes are each connection's own, and DELETE is what they begin with.
SELECT journal_mode AS mode FROM pragma_journal_mode WHERE journal_mode NOT IN ('wal', 'memory')
