#!/usr/bin/env bash
# Roles, databases, extensions and grants of a new server, as `ecp up` makes them. Run once, by the image's entrypoint.
set -euo pipefail

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
  --set owner_password="$ECP_OWNER_PASSWORD" --set reader_password="$ECP_READER_PASSWORD" \
  --set prefect_password="$PREFECT_PASSWORD" <<'SQL'
create role ecp_owner login password :'owner_password';
create role ecp_reader login password :'reader_password';
create role prefect login password :'prefect_password';
create role ecp_app nologin;
grant ecp_app to ecp_owner;
create database ecp owner ecp_owner;
create database warehouse owner ecp_owner;
create database prefect owner prefect;
revoke all on database ecp, warehouse, prefect from public;
alter role ecp_reader set default_transaction_read_only = on;
alter role ecp_reader set statement_timeout = 8000;
grant connect on database warehouse to ecp_reader;
\connect ecp
create extension if not exists vector;
create extension if not exists pg_trgm;
\connect prefect
create extension if not exists pg_trgm;
\connect warehouse
grant usage on schema public to ecp_reader;
alter default privileges for role ecp_owner grant select on tables to ecp_reader;
alter default privileges for role ecp_owner grant usage on schemas to ecp_reader;
SQL
