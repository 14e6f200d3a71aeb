"""One timed command, and what has to be right before and after it."""

import json
import os
import pathlib
import subprocess
import sys
import time

import machine
import wire

HERE = pathlib.Path(__file__).parent


class Failed(Exception):
    """A command under test didn't do its work, so there is nothing to measure."""


class Bench:
    """Runs commands, one at a time, and keeps every sample."""

    def __init__(self, folder, patience):
        self.folder = pathlib.Path(folder)
        self.patience = patience
        self.samples = []

    def run(self, stack, scenario, command, pair, watch=None, **extra):
        """Times a command, from just before it is started to its end, on a machine that has come to rest."""
        output = self.folder / "output.txt"
        os.sync()  # what the last trial wrote must not be paid for by this one
        rest = machine.settle(self.patience)
        referee = self.start_referee(stack) if watch == "referee" else None
        start = time.monotonic_ns()
        process = spawn(command, stack.environment, output)
        memory = watch_memory(process) if watch == "memory" else None
        _, status, usage = os.wait4(process, 0)
        end = time.monotonic_ns()
        sample = {"stack": stack.name, "tool": stack.label, "scenario": scenario, "pair": pair, "seconds": (end - start) / 1e9,
                  "cpu_seconds": usage.ru_utime + usage.ru_stime, "at": time.time(), **rest, **extra}
        if os.waitstatus_to_exitcode(status) != 0:
            sys.stderr.write(output.read_text()[-4000:])
            raise Failed(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
        if referee:
            sample["referee"] = self.verdict(referee, start, end)
        if memory is not None:
            sample["memory_bytes"] = memory
        self.samples.append(sample)
        return sample

    def start_referee(self, stack):
        path = self.folder / "targets.json"
        path.write_text(json.dumps(stack.targets()))
        referee = subprocess.Popen([sys.executable, str(HERE / "referee.py"), str(path)], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        assert referee.stdout.readline() == "watching\n"
        return referee

    @staticmethod
    def verdict(referee, start, end):
        report, _ = referee.communicate(f"{end}\n")
        report = json.loads(report)
        targets = report["targets"]
        for target in targets:
            if target["usable"] is None:
                raise Failed(f"{target['name']} never became usable: {target['reason']}")
        # When the server's first word came in the first attempt that worked. The attempt's start would be too early, since
        # Docker's proxy lets connections wait for a server that isn't there yet, and its end too late by a log-in.
        truth = max(target["usable"][0] for target in targets)
        return {"truth_seconds": (truth - start) / 1e9, "lag_seconds": (end - truth) / 1e9,
                "is_false_ready": any(target["failures_after_return"] for target in targets),
                "cpu_seconds": report["cpu_seconds"], "targets": targets}

    def verify(self, stack, sample):
        """Uses each database once, now: one that doesn't work makes the return before it a false one."""
        broken = {}
        for target in stack.targets():
            try:
                wire.check(target)
            except (OSError, wire.NotUsable) as problem:
                broken[target["name"]] = str(problem)
        sample["broken_after_return"] = broken


def spawn(command, environment, output):
    """Starts a program; the least that lies between the clock and its first instruction."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, str(output), flags, 0o644),
               (os.POSIX_SPAWN_DUP2, 1, 2)]
    return os.posix_spawnp(command[0], command, {**os.environ, **environment}, file_actions=actions)


def watch_memory(process):
    """Returns the peak of a process's own resident memory; what `wait4` says would include its children's."""
    peak = 0
    while not exited(process):
        try:
            with open(f"/proc/{process}/status") as status:
                for line in status:
                    if line.startswith("VmHWM:"):
                        peak = max(peak, int(line.split()[1]) << 10)
        except OSError:
            pass
        time.sleep(0.002)
    return peak


def exited(process):
    return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def cycle(bench, stack, pair, **extra):
    """The life of a stack: started on nothing, asked again, taken down, started on its data, taken down again."""
    stack.remove_all()
    bench.verify(stack, bench.run(stack, "cold", stack.up(), pair, **extra))
    bench.run(stack, "no-op", stack.up(), pair, **extra)
    bench.run(stack, "first-down", stack.down(), pair, **extra)
    bench.verify(stack, bench.run(stack, "warm", stack.up(), pair, **extra))
    bench.run(stack, "down", stack.down(), pair, **extra)
    stack.remove_all()


def lag_cycle(bench, stack, pair, **extra):
    """The same under the referee's eyes: its polls cost time, so these trials say nothing about speed."""
    stack.remove_all()
    bench.run(stack, "cold", stack.up(), pair, watch="referee", **extra)
    bench.run(stack, "down", stack.down(), pair, **extra)
    bench.run(stack, "warm", stack.up(), pair, watch="referee", **extra)
    stack.remove_all()


def start_up(bench, stack, binary, runs):
    """`nexenv --version` and /bin/true by turns, a floor that no program can beat."""
    for turn in range(runs):
        for scenario, command in (("version", [str(binary), "--version"]), ("true", ["/bin/true"])):
            start = time.monotonic_ns()
            process = spawn(command, {}, os.devnull)
            os.waitpid(process, 0)
            bench.samples.append({"stack": stack.name, "tool": stack.label, "scenario": scenario, "pair": turn,
                                  "seconds": (time.monotonic_ns() - start) / 1e9, "phase": "start-up"})
