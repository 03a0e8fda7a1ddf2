#!/bin/sh
# Run once by PostgreSQL's image, on an empty database: two roles, so that the application cannot change the ledger.
set -eu
psql --set=ON_ERROR_STOP=1 --set=owner="$OWNER_PASSWORD" --set=application="$APPLICATION_PASSWORD" \
    --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
CREATE ROLE regulars LOGIN PASSWORD :'owner';
CREATE ROLE regulars_app LOGIN PASSWORD :'application';
CREATE DATABASE regulars OWNER regulars;
SQL
