-- Pages in the file of more than 1000, and how many of them are free.
SELECT f.freelist_count AS free, p.page_count AS pages, f.freelist_count * 1.0 / p.page_count AS value
FROM pragma_freelist_count f, pragma_page_count p
WHERE p.page_count > 1000
