#!/usr/bin/env bash
# Starts PostgreSQL the way the official image does: as root it prepares the directories and becomes "postgres"; an empty data
# directory is filled (initdb, the password, the database, /docker-entrypoint-initdb.d) by a server on the Unix socket only,
# which is stopped before the real one starts. Arguments go to the server; anything but "postgres" is run as it is.
set -Eeuo pipefail

fail() { printf 'Error: %s\n' "$@" >&2; exit 1; }

value_or_file() { # NAME [DEFAULT]: NAME from itself, from the file that NAME_FILE names, or the default
  local name=$1 file_name=${1}_FILE value=${2:-}
  [ -z "${!name:-}" ] || [ -z "${!file_name:-}" ] || fail "both $name and $file_name are set"
  if [ -n "${!name:-}" ]; then value=${!name}; elif [ -n "${!file_name:-}" ]; then value=$(<"${!file_name}"); fi
  export "$name=$value"
  unset "$file_name"
}

runs_a_server() { # "postgres", and not just to print something
  [ "${1:-}" = postgres ] || return 1
  local argument
  for argument; do case $argument in --help | '-?' | --version | -V | --describe-config) return 1 ;; esac; done
}

prepare_directories() {
  mkdir -p "$PGDATA" "${POSTGRES_INITDB_WALDIR:-$PGDATA}" /run/postgresql
  chmod 0700 "$PGDATA" || true
  chmod 3775 /run/postgresql || true
  [ "$(id -u)" != 0 ] ||
    find "$PGDATA" "${POSTGRES_INITDB_WALDIR:-$PGDATA}" /run/postgresql ! -user postgres -exec chown postgres '{}' +
}

docker_process_sql() { # psql on the initial database; the init scripts of others call it by this name
  PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc --username "$POSTGRES_USER" \
    --dbname "${POSTGRES_DB:-postgres}" "$@"
}

# shellcheck disable=SC1090  # init scripts are whatever was put there
run_init_files() {
  # shellcheck disable=SC2034  # init scripts that are sourced may say "${psql[@]}"
  local file psql=(docker_process_sql)
  for file; do
    case $file in
      *.sh | *.sql | *.sql.gz | *.sql.xz | *.sql.zst) printf '%s: running %s\n' "$0" "$file" ;;
      *) [ ! -e "$file" ] || printf '%s: ignoring %s\n' "$0" "$file"; continue ;;
    esac
    case $file in
      *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) docker_process_sql -f "$file" ;;
      *.gz) gunzip -c "$file" | docker_process_sql ;;
      *.xz) xzcat "$file" | docker_process_sql ;;
      *.zst) zstd -dc "$file" | docker_process_sql ;;
    esac
  done
}

initialise() { # the server's arguments
  [ -n "$POSTGRES_PASSWORD" ] || [ "$POSTGRES_HOST_AUTH_METHOD" = trust ] || fail \
    'Database is uninitialized and superuser password is not specified.' \
    'Set POSTGRES_PASSWORD to a non-empty value, or POSTGRES_HOST_AUTH_METHOD=trust to let everybody in.'
  ls /docker-entrypoint-initdb.d >/dev/null

  local initdb_arguments
  eval "initdb_arguments=($POSTGRES_INITDB_ARGS)"
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") \
    ${POSTGRES_INITDB_WALDIR:+--waldir "$POSTGRES_INITDB_WALDIR"} "${initdb_arguments[@]}"
  local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption "$@")}
  printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"

  export PGPASSWORD=${PGPASSWORD:-$POSTGRES_PASSWORD}
  pg_ctl -D "$PGDATA" -w -o "$(printf '%q ' "$@" -c listen_addresses= -p "${PGPORT:-5432}")" start
  # psql replaces variables in what it reads, not in what -c gives it
  docker_process_sql --quiet --dbname postgres -v name="$POSTGRES_DB" <<'SQL'
SELECT format('CREATE DATABASE %I', :'name') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
SQL
  run_init_files /docker-entrypoint-initdb.d/*
  pg_ctl -D "$PGDATA" -m fast -w stop
  unset PGPASSWORD
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

case ${1:-} in -*) set -- postgres "$@" ;; esac
if runs_a_server "$@"; then
  value_or_file POSTGRES_PASSWORD
  value_or_file POSTGRES_USER postgres
  value_or_file POSTGRES_DB "$POSTGRES_USER"
  value_or_file POSTGRES_INITDB_ARGS
  export POSTGRES_HOST_AUTH_METHOD=${POSTGRES_HOST_AUTH_METHOD:-}
  prepare_directories
  [ "$(id -u)" != 0 ] || exec gosu postgres "$0" "$@"
  if [ -s "$PGDATA/PG_VERSION" ]; then
    printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
  else
    initialise "${@:2}"
  fi
fi
exec "$@"
