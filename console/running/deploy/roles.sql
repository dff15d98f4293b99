-- Makes the database and its two roles: `console_owner` owns the tables and migrates them, `console` is the role of `serve`
-- and `worker` and can neither change nor delete the audit log. For psql as a superuser, once. The folder named by the
-- environment variable SECRETS has their passwords.
\set ON_ERROR_STOP on
\set owner_password `cat "$SECRETS/owner-password"`
\set console_password `cat "$SECRETS/console-password"`
CREATE ROLE console_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE console LOGIN PASSWORD :'console_password';
CREATE DATABASE console OWNER console_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE console FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE console TO console;
\connect console
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO console_owner;
