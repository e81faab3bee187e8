-- How passwords are stored, by role. The stored value itself is not read.
SELECT rolname::text AS name,
       CASE WHEN rolpassword IS NULL THEN 'none'
            WHEN rolpassword LIKE 'SCRAM-SHA-256$%' THEN 'scram-sha-256'
            WHEN rolpassword LIKE 'md5%' THEN 'md5'
            ELSE 'other' END AS kind
FROM pg_catalog.pg_authid
WHERE rolcanlogin
ORDER BY rolname
