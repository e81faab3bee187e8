-- Foreign keys whose first column begins no index and is not the rowid.
SELECT m.name, f."from" AS column_name FROM sqlite_master m, pragma_foreign_key_list(m.name) f
WHERE m.type = 'table'
  AND f.seq = 0
  AND NOT EXISTS (SELECT 1 FROM pragma_index_list(m.name) i, pragma_index_info(i.name) c
                  WHERE c.seqno = 0 AND c.name = f."from" AND NOT i.partial)
  AND NOT EXISTS (SELECT 1 FROM pragma_table_info(m.name) c
                  WHERE c.pk = 1 AND c.name = f."from" AND upper(c.type) = 'INTEGER')
ORDER BY 1, 2
