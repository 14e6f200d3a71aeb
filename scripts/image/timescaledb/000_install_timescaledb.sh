#!/usr/bin/env bash
# Creates the extension in postgres, in template1 (so that every database made later has it) and in the initial database.
set -euo pipefail
telemetry=basic; [ "${TIMESCALEDB_TELEMETRY:-}" != off ] || telemetry=off
echo "timescaledb.telemetry_level=$telemetry" >>"$PGDATA/postgresql.conf"
for database in postgres template1 "${POSTGRES_DB:-postgres}"; do
  psql -q --no-psqlrc --username "$POSTGRES_USER" --dbname "$database" \
    -c 'SET client_min_messages = error' -c 'CREATE EXTENSION IF NOT EXISTS timescaledb CASCADE'
done
