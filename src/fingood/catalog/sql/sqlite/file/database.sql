-- How large the main database is, and what of it is free.
SELECT (SELECT page_size FROM pragma_page_size) AS page_size,
       (SELECT page_count FROM pragma_page_count) AS pages,
       (SELECT freelist_count FROM pragma_freelist_count) AS free_pages,
       (SELECT journal_mode FROM pragma_journal_mode) AS journal_mode
