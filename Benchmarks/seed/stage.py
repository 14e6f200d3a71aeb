"""The project that is seeded, and how one program is timed in it."""

import os
import pathlib
import shutil
import subprocess
import sys
import time

import machine

HERE = pathlib.Path(__file__).resolve().parent


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Stage:
    """A project with the servers of all loads."""

    def __init__(self, binary, folder, chosen):
        self.binary, self.folder, self.chosen = str(binary), folder, chosen
        self.rows = chosen.rows
        self.is_up = False

    def nexenv(self, *arguments):
        done = subprocess.run([self.binary, *arguments], cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"bench: nexenv {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def url(self, target):
        return self.nexenv("url", target)

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def prepare(self, loads):
        services = "".join(load.service for load in loads)
        sets = [name for load in loads for name in load.sets]
        for load in loads:
            for name, text in load.sets.items():
                self.write(f"{name}.yaml", f"sets:\n  {name}:\n{text}")
        files = ", ".join(f"{name}.yaml" for name in sets)
        self.write("nexenv.yaml", "name: nxbench-seed\nruntime: native\nports: auto\ndefaults: { durability: full }\n"
                   f"services:\n{services}seeds: [{files}]\n")
        # A file that isn't made yet has to be there all the same.
        for name, first in (("person.csv", "id,email,name,note,age,balance,meta,made_at\n"), ("docs.jsonl", '{"_id": 1}\n'),
                            ("hashes.jsonl", '{"key": "a", "hash": {"b": 1}}\n'), ("strings.csv", "key,string\na,b\n")):
            self.write(name, first)
        self.is_up = True
        self.nexenv("up", "-q")
        for load in loads:
            say(f"making {self.rows:,} rows for {load.title}")
            load.prepare()

    def remove(self):
        if self.is_up:
            subprocess.run([self.binary, "down", "--volumes", "--yes", "-q"], cwd=self.folder)
        shutil.rmtree(self.folder)

    def facts(self):
        def version(program, *arguments):
            return machine.output(program, *arguments).split("\n")[0]
        return {
            **machine.basics(self.binary), "psql": version("psql", "--version"), "redis_cli": version("redis-cli", "--version"),
            "mongoimport": self.chosen.mongoimport and version(self.chosen.mongoimport, "--version"),
        }

    # What is measured

    def time(self, name, command, standard_input=None):
        """Runs a program once the machine is quiet; returns how long it took and the most memory that it had."""
        calm = machine.settle(15)
        source = open(standard_input, "rb") if standard_input else subprocess.DEVNULL
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=self.folder, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        complaint = process.stderr.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"bench: {name}: {complaint}")
        return {"trial": name, "seconds": seconds, "memory_bytes": usage.ru_maxrss << 10, "is_quiet": calm["is_quiet"]}

    def seed(self, name, set_name):
        return self.time(name, [self.binary, "seed", "-q", "--fresh", "--set", set_name])

    def round(self, number, loads):
        samples = []
        for load in loads:
            for group in load.trials():
                names = list(group) if number % 2 else list(reversed(group))
                for name in names:
                    samples.append(group[name]())
            samples += load.after()
        # All sets once more, and then nothing to do.
        for load in loads:
            load.empty()
        self.nexenv("seed", "-q")
        for _ in range(3):
            samples.append(self.time("unchanged", [self.binary, "seed", "-q"]))
        say(f"round {number}: " + ", ".join(f"{sample['trial']} {sample['seconds']:.2f}" for sample in samples))
        return samples

    def large(self, postgres, gigabytes):
        size = int(gigabytes * 1e9)
        if shutil.disk_usage(self.folder).free < 5 * size:
            say(f"not enough room for a file of {gigabytes:g} GB")
            return []
        say(f"writing a file of {gigabytes:g} GB")
        return postgres.large(size)
