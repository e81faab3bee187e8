-- Damage in the pages, one row a place; nothing where all is well. What it says may quote rows, so it stays there.
SELECT 1 AS damage FROM pragma_quick_check WHERE quick_check <> 'ok' LIMIT 1
