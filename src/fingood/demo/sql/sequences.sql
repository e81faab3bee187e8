-- Every identity column goes on after the rows that were copied with their ids.
SELECT setval(pg_get_serial_sequence('ledger.customers', 'id'), (SELECT max(id) FROM ledger.customers)),
       setval(pg_get_serial_sequence('ledger.accounts', 'id'), (SELECT max(id) FROM ledger.accounts)),
       setval(pg_get_serial_sequence('ledger.cards', 'id'), (SELECT max(id) FROM ledger.cards)),
       setval(pg_get_serial_sequence('ledger.journal_entries', 'id'), (SELECT max(id) FROM ledger.journal_entries)),
       setval(pg_get_serial_sequence('ledger.postings', 'id'), (SELECT max(id) FROM ledger.postings))
