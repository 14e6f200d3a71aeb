#!/usr/bin/env bash
# Sets what the official image's timescaledb-tune sets and what decides whether things work: the number of workers and locks.
# The sizes of memory that it derives from the machine are left alone. NO_TS_TUNE turns it off, as there.
set -euo pipefail
[ -z "${NO_TS_TUNE:-}" ] || exit 0
processors=${TS_TUNE_NUM_CPUS:-$(nproc)} workers=${TS_TUNE_MAX_BG_WORKERS:-16}
cat >>"$PGDATA/postgresql.conf" <<CONF
max_connections = ${TS_TUNE_MAX_CONNS:-100}
timescaledb.max_background_workers = $workers
max_worker_processes = $((3 + workers + processors))
max_parallel_workers = $processors
max_locks_per_transaction = 128
CONF
