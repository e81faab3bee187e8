-- Constraints of tables and domains, each with the state of the index behind it. Plain NOT NULL rows (18+) are left to
-- the columns: their names are made by the server. conenforced is 18+ and only checks and foreign keys know it.
SELECT 'constraint' AS kind,
       ARRAY[n.nspname::text, coalesce(c.relname, t.typname)::text, k.conname::text] AS path,
       ARRAY[n.nspname::text, coalesce(c.relname, t.typname)::text] AS "of",
       CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
                      WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion' WHEN 't' THEN 'trigger'
                      WHEN 'n' THEN 'not null' END AS type,
       pg_get_constraintdef(k.oid) AS definition,
       k.convalidated AS validated,
       nullif(k.condeferrable, false) AS deferrable,
       nullif(k.condeferred, false) AS deferred,
       CASE WHEN k.contype IN ('c', 'f') THEN nullif(to_jsonb(k) ->> 'conenforced', 'true') END AS enforced,
       CASE WHEN k.contype IN ('c', 'n') THEN nullif(k.connoinherit, false) END AS "no inherit",
       nullif(k.conislocal, true) AS local,
       nullif(k.coninhcount, 0) AS inherited,
       nullif(x.indisvalid, true) AS "index valid",
       nullif(x.indisclustered, false) AS clustered,
       nullif(x.indisreplident, false) AS "replica identity",
       CASE WHEN i.reloptions IS NOT NULL THEN
            (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(i.reloptions) o) END AS options,
       sp.spcname::text AS tablespace,
       (SELECT said.description FROM pg_description said
         WHERE said.objoid = k.oid AND said.classoid = 'pg_constraint'::regclass AND said.objsubid = 0) AS comment
  FROM pg_constraint k
  JOIN pg_namespace n ON n.oid = k.connamespace
  LEFT JOIN pg_class c ON c.oid = k.conrelid
  LEFT JOIN pg_type t ON t.oid = k.contypid
  LEFT JOIN pg_index x ON x.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
  LEFT JOIN pg_class i ON i.oid = x.indexrelid
  LEFT JOIN pg_tablespace sp ON sp.oid = i.reltablespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND (k.contype <> 'n' OR NOT k.convalidated OR k.connoinherit)
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.deptype = 'e' AND (e.classid, e.objid) IN (('pg_class'::regclass, k.conrelid),
                                                                       ('pg_type'::regclass, k.contypid)))
