#!/usr/bin/env bash
# Starts MongoDB the way the official image does: root gives the data to "mongodb" and becomes that user; with a root name and
# password on an empty data directory, a server on 127.0.0.1 without authentication makes the root user and is stopped before
# the real one starts with --auth. Arguments go to the server; anything but "mongod" is run as it is.
set -Eeuo pipefail

fail() { printf 'error: %s\n' "$@" >&2; exit 1; }

value_or_file() { # NAME: from itself or from the file that NAME_FILE names
  local name=$1 file_name=${1}_FILE value=
  [ -z "${!name:-}" ] || [ -z "${!file_name:-}" ] || fail "both $name and $file_name are set"
  if [ -n "${!name:-}" ]; then value=${!name}; elif [ -n "${!file_name:-}" ]; then value=$(<"${!file_name}"); fi
  export "$name=$value"
  unset "$file_name"
}

has_option() { # OPTION ARGUMENT…
  local option=$1 argument
  for argument in "${@:2}"; do case $argument in "$option" | "$option"=*) return 0 ;; esac; done
  return 1
}

value_of() { # OPTION ARGUMENT…: the value given to it, if any
  local option=$1; shift
  while [ $# -gt 0 ]; do
    case $1 in "$option") printf '%s' "${2:-}"; return ;; "$option"=*) printf '%s' "${1#*=}"; return ;; esac
    shift
  done
}

# shellcheck disable=SC1090  # init scripts are whatever was put there
initialise() { # the real server's arguments
  local kept=() configuration temporary server file
  while [ $# -gt 0 ]; do
    case $1 in
      --auth | --bind_ip_all | --fork) ;;
      --keyFile | --replSet | --bind_ip | --port | --logpath | --pidfilepath | --tlsMode | --clusterAuthMode) shift ;;
      --keyFile=* | --replSet=* | --bind_ip=* | --port=* | --logpath=* | --pidfilepath=* | --tlsMode=* | --clusterAuthMode=*) ;;
      --config | -f) configuration=$2; shift ;;
      --config=*) configuration=${1#*=} ;;
      *) kept+=("$1") ;;
    esac
    shift
  done
  if [ -n "${configuration:-}" ]; then
    # The sections that the temporary server must not have.
    temporary=$(mktemp)
    awk '/^[^ \t#]/ { drop = /^(systemLog|processManagement|net|security|replication):/ } !drop' "$configuration" >"$temporary"
    kept+=(--config "$temporary")
  fi

  mongod "${kept[@]}" --bind_ip 127.0.0.1 --port 27017 &
  server=$!
  if [ -n "$MONGO_INITDB_ROOT_USERNAME" ]; then
    mongo-create-root "$server" || { kill "$server" 2>/dev/null || true; fail 'the root user could not be made'; }
  fi
  export MONGO_INITDB_DATABASE=${MONGO_INITDB_DATABASE:-test}
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) printf '%s: running %s\n' "$0" "$file"; . "$file" ;;
      *.js) kill "$server"; fail "$file needs mongosh, which this stand-in does not have" ;;
      *) [ ! -e "$file" ] || printf '%s: ignoring %s\n' "$0" "$file" ;;
    esac
  done
  kill "$server"
  wait "$server" || fail 'the temporary server did not end cleanly'
  rm -f "${temporary:-}"
  printf '\nMongoDB init process complete; ready for start up.\n\n'
}

case ${1:-} in -*) set -- mongod "$@" ;; esac
if [ "$1" = mongod ]; then
  if [ "$(id -u)" = 0 ]; then
    find -L /data/configdb /data/db ! -user mongodb -exec chown mongodb '{}' +
    exec gosu mongodb "$0" "$@"
  fi
  value_or_file MONGO_INITDB_ROOT_USERNAME
  value_or_file MONGO_INITDB_ROOT_PASSWORD
  wanted=no
  if [ -n "$MONGO_INITDB_ROOT_USERNAME" ] && [ -n "$MONGO_INITDB_ROOT_PASSWORD" ]; then
    wanted=yes
    has_option --auth "$@" || set -- "$@" --auth
  elif [ -n "$MONGO_INITDB_ROOT_USERNAME$MONGO_INITDB_ROOT_PASSWORD" ]; then
    fail 'MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD must be set together'
  elif compgen -G '/docker-entrypoint-initdb.d/*.[sj]*' >/dev/null; then
    wanted=yes
  fi
  data=$(value_of --dbpath "$@")
  configuration=$(value_of --config "$@")
  if [ -z "$data" ] && [ -n "$configuration" ]; then
    data=$(awk '/^[^ \t#]/ { inside = /^storage:/ } inside && $1 == "dbPath:" { gsub(/["\047]/, "", $2); print $2 }' "$configuration")
  fi
  data=${data:-/data/db}
  if [ $wanted = yes ] && [ ! -e "$data/WiredTiger" ] && [ ! -e "$data/storage.bson" ]; then initialise "${@:2}"; fi
  if ! has_option --bind_ip "$@" && ! has_option --bind_ip_all "$@" &&
    ! { [ -n "$configuration" ] && grep -qE '^[[:space:]]+bindIp' "$configuration"; }
  then set -- "$@" --bind_ip_all; fi
  unset "${!MONGO_INITDB_@}"
fi
exec "$@"
