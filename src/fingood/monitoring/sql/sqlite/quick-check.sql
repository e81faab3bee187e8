-- Damage in the file, or the one row 'ok'.
PRAGMA quick_check
