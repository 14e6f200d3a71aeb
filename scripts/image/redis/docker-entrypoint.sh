#!/usr/bin/env bash
# Starts Redis the way the official image does: options, or a name that ends in .conf, go to redis-server; root gives the data
# directory to "redis" and becomes that user.
set -euo pipefail

case ${1:-} in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . ! -user redis -exec chown redis '{}' +
  exec gosu redis "$0" "$@"
fi
[ "$(umask)" != 0022 ] || umask 0077

# The official server is built with protected mode off; Debian's is not. A configuration that speaks of it has its way.
protects_itself() {
  local argument
  for argument; do
    case $argument in --protected-mode | -v | --version | -h | --help | --test-memory | --check-system) return 0 ;; esac
    [ ! -f "$argument" ] || ! grep -qi '^[[:space:]]*protected-mode' "$argument" || return 0
  done
  return 1
}
if [ "$1" = redis-server ] && ! protects_itself "$@"; then set -- "$@" --protected-mode no; fi
exec "$@"
