#!/usr/bin/env bash
# Starts pgAdmin the way the official image does: PGADMIN_CONFIG_* become its configuration; the first start checks the e-mail
# address, makes the user, loads the server list and takes the password file; later starts reload the list when asked to.
set -Eeuo pipefail
cd /pgadmin4
python=/venv/bin/python3
settings=${PGADMIN_CUSTOM_CONFIG_DISTRO_FILE:-/pgadmin4/config_distro.py}
server_mode=${PGADMIN_CONFIG_SERVER_MODE:-True}

fail() { printf '%s\n' "$@" >&2; exit 1; }

if [ -n "${PGADMIN_DEFAULT_PASSWORD_FILE:-}" ]; then
  [ -z "${PGADMIN_DEFAULT_PASSWORD:-}" ] || fail 'error: both PGADMIN_DEFAULT_PASSWORD and PGADMIN_DEFAULT_PASSWORD_FILE are set'
  PGADMIN_DEFAULT_PASSWORD=$(<"$PGADMIN_DEFAULT_PASSWORD_FILE")
fi

write_settings() {
  local name value
  printf '%s\n' "LOG_FILE = '/dev/null'" "DEFAULT_BINARY_PATHS = {'pg': '/usr/local/pgsql-17', 'pg-17': '/usr/local/pgsql-17'}"
  for name in "${!PGADMIN_CONFIG_@}"; do
    value=${!name}
    case ${value,,} in true) value=True ;; false) value=False ;; esac
    printf '%s = %s\n' "${name#PGADMIN_CONFIG_}" "$value"
  done
}

check_address() { # the same check as when a user is added in pgAdmin itself; its values are Python's
  local answer
  answer=$(cd pgadmin/utils && ADDRESS=$PGADMIN_DEFAULT_EMAIL "$python" -c "
import os
from validation_utils import validate_email
print(validate_email(os.environ['ADDRESS'], {
    'CHECK_EMAIL_DELIVERABILITY': ${PGADMIN_CONFIG_CHECK_EMAIL_DELIVERABILITY:-False},
    'ALLOW_SPECIAL_EMAIL_DOMAINS': ${PGADMIN_CONFIG_ALLOW_SPECIAL_EMAIL_DOMAINS:-[]},
    'GLOBALLY_DELIVERABLE': ${PGADMIN_CONFIG_GLOBALLY_DELIVERABLE:-True}}))")
  case $answer in *False*) fail "'$PGADMIN_DEFAULT_EMAIL' does not appear to be a valid email address: $answer" ;; esac
}

load_servers() {
  local list=${PGADMIN_SERVER_JSON_FILE:-/pgadmin4/servers.json} options=()
  [ -f "$list" ] || return 0
  [ "$server_mode" = False ] || options+=(--user "$PGADMIN_DEFAULT_EMAIL")
  [ "${PGADMIN_REPLACE_SERVERS_ON_STARTUP:-}" != True ] || options+=(--replace)
  "$python" setup.py load-servers "$list" "${options[@]}"
}

take_password_file() { # to where a connection's "passfile" is looked for: the user's storage
  [ -n "${PGPASS_FILE:-}" ] && [ -f "$PGPASS_FILE" ] || return 0
  local folder=/var/lib/pgadmin
  [ "$server_mode" = False ] || folder+=/storage/${PGADMIN_DEFAULT_EMAIL//@/_}
  mkdir -p "$folder"
  install -m 600 "$PGPASS_FILE" "$folder/.pgpass"
}

[ -s "$settings" ] || write_settings >"$settings"
if [ ! -f /var/lib/pgadmin/pgadmin4.db ]; then
  if [ -z "${PGADMIN_DEFAULT_EMAIL:-}" ] || [ -z "${PGADMIN_DEFAULT_PASSWORD:-}" ]; then fail \
    'You need to define the PGADMIN_DEFAULT_EMAIL and PGADMIN_DEFAULT_PASSWORD or PGADMIN_DEFAULT_PASSWORD_FILE environment variables.'
  fi
  check_address
  PGADMIN_SETUP_EMAIL=$PGADMIN_DEFAULT_EMAIL PGADMIN_SETUP_PASSWORD=$PGADMIN_DEFAULT_PASSWORD "$python" run_pgadmin.py
  load_servers
  take_password_file
elif [ "${PGADMIN_REPLACE_SERVERS_ON_STARTUP:-}" = True ]; then
  load_servers
fi

# One process: sessions live in it.
exec "$python" -m gunicorn --workers 1 --threads "${GUNICORN_THREADS:-25}" --timeout 86400 \
  --bind "${PGADMIN_LISTEN_ADDRESS:-[::]}:${PGADMIN_LISTEN_PORT:-80}" \
  --access-logfile "${GUNICORN_ACCESS_LOGFILE:--}" run_pgadmin:app
