-- Installed extensions, and what of the user's own depends on a member of each (functions' bodies are not seen).
WITH member AS (
    SELECT refobjid AS extension, classid, objid
    FROM pg_catalog.pg_depend
    WHERE refclassid = 'pg_catalog.pg_extension'::regclass
      AND deptype = 'e'
), part AS (
    SELECT member.extension, own.classid, own.objid
    FROM member
    JOIN pg_catalog.pg_depend AS own ON own.refclassid = member.classid AND own.refobjid = member.objid
    WHERE own.deptype IN ('i', 'a')
), inside AS (
    SELECT extension, classid, objid FROM member
    UNION
    SELECT extension, classid, objid FROM part
), dependent AS (
    SELECT inside.extension, used.classid, used.objid, used.objsubid
    FROM pg_catalog.pg_depend AS used
    JOIN inside ON used.refclassid = inside.classid AND used.refobjid = inside.objid
    WHERE used.deptype = 'n'
      AND NOT EXISTS (SELECT 1 FROM inside AS own WHERE own.classid = used.classid AND own.objid = used.objid)
)
SELECT extension.extname,
       extension.extversion,
       namespace.nspname,
       (SELECT count(*) FROM dependent WHERE dependent.extension = extension.oid),
       (SELECT min(pg_describe_object(classid, objid, objsubid)) FROM dependent
        WHERE dependent.extension = extension.oid)
FROM pg_catalog.pg_extension AS extension
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = extension.extnamespace
ORDER BY extension.extname
