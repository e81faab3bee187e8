-- Who is a member of whom. Rows of roles that are not used here are left out by the reader.
SELECT granted.rolname, member.rolname
FROM pg_catalog.pg_auth_members AS membership
JOIN pg_catalog.pg_roles AS granted ON granted.oid = membership.roleid
JOIN pg_catalog.pg_roles AS member ON member.oid = membership.member
