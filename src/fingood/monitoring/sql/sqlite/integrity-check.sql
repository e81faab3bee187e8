-- The same, indexes against tables too.
SELECT 1 AS damage FROM pragma_integrity_check WHERE integrity_check <> 'ok' LIMIT 1
