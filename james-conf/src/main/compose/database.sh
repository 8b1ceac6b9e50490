#!/bin/bash
# A database of the extension's own, and its owner: since PostgreSQL 15 only the owner of a database may make tables in it.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v password="$DANE_STORE_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE dane LOGIN PASSWORD :'password';
CREATE DATABASE dane OWNER dane;
SQL
