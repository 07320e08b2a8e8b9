#!/bin/sh
# Accounts and database, once, when the cluster is new:
#
#   festd_owner  owns the schema: for `server migrate` and nothing else
#   festd_app    for servers and imports: rows, no DDL
#
# The roles festd_reader and festd_importer get their rights by the migrations.
# Passwords come from files, by psql's input: neither the process list nor the
# log of statements has them.
set -eu

secrets=${FESTD_SECRETS:-/run/secrets}

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" <<SQL
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
SET password_encryption = 'scram-sha-256';
CREATE ROLE festd_reader NOLOGIN;
CREATE ROLE festd_importer NOLOGIN;
CREATE ROLE festd_owner LOGIN PASSWORD '$(cat "$secrets/owner")';
CREATE ROLE festd_app LOGIN PASSWORD '$(cat "$secrets/app")' IN ROLE festd_importer;
CREATE DATABASE festd OWNER festd_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE festd FROM PUBLIC;
GRANT CONNECT ON DATABASE festd TO festd_reader;
GRANT CONNECT, TEMPORARY ON DATABASE festd TO festd_importer; -- an import sorts in a temporary table
\connect festd
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SQL
