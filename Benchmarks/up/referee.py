#!/usr/bin/env python3
"""Watches databases from outside and says when each was truly usable, whatever the tool that starts them believes.

    referee.py TARGETS.json    prints `watching`, waits for a line with the time of the tool's return, prints a JSON object

Every 5 ms it logs in to each database and runs a real operation. Until a server has answered once, only its first database
is tried, because five refused connections say no more than one. A database that works is asked again on the same connection
every 20 ms: work that stops working is seen, and costs the server next to nothing. Times are CLOCK_MONOTONIC in nanoseconds,
which all processes of a machine share.
"""

import json
import os
import resource
import sys
import threading
import time

import wire

POLL = 0.005
RECHECK = 0.020
AFTER_RETURN = 0.15
GIVE_UP = 60.0


class Watch(threading.Thread):
    """One database: the last attempt that failed and the first of those that have worked ever since."""

    def __init__(self, target, server, is_first):
        super().__init__(daemon=True)
        self.target, self.server_answered, self.is_first = target, server, is_first
        self.attempts = 0
        self.failures = []  # (start, end) of the last one before the return, and of every one after it
        self.success = None
        self.reason = "not tried"

    def run(self):
        session = None
        if not self.is_first:
            self.server_answered.wait()
        while True:
            start = time.monotonic_ns()
            try:
                if session is None:
                    session = wire.session(self.target)
                session.use()
            except (OSError, wire.NotUsable) as problem:
                self.note_failure(start, problem)
                session = None
            else:
                self.success = self.success or (session.answered, time.monotonic_ns())
                self.server_answered.set()
            self.attempts += 1
            pause = RECHECK if session else POLL
            time.sleep(max(0.0005, pause - (time.monotonic_ns() - start) / 1e9))

    def note_failure(self, start, problem):
        self.success, self.reason = None, str(problem)
        if returned is None:
            self.failures.clear()
        self.failures.append((start, time.monotonic_ns()))

    def result(self):
        late = [start for start, _ in self.failures if start > returned]
        last = self.failures[-1] if self.failures else None
        return {"name": self.target["name"], "usable": self.success, "last_failure": last, "attempts": self.attempts,
                "failures_after_return": len(late), "reason": self.reason}


returned = None


def main():
    global returned
    with open(sys.argv[1]) as file:
        targets = json.load(file)
    servers = {}
    watches = []
    for target in targets:
        is_first = target["port"] not in servers
        watches.append(Watch(target, servers.setdefault(target["port"], threading.Event()), is_first))
    for watch in watches:
        watch.start()
    print("watching", flush=True)
    returned = int(sys.stdin.readline())
    deadline = time.monotonic() + GIVE_UP
    time.sleep(max(0.0, AFTER_RETURN - (time.monotonic_ns() - returned) / 1e9))
    while not all(watch.success for watch in watches) and time.monotonic() < deadline:
        time.sleep(0.01)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"targets": [watch.result() for watch in watches], "cpu_seconds": used.ru_utime + used.ru_stime}), flush=True)
    # The threads still poll: an orderly exit would take OpenSSL away under them.
    os._exit(0)


main()
