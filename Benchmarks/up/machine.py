"""The machine: what it is, how busy it is, and waiting until it isn't."""

import os
import pathlib
import platform
import subprocess
import time

QUIET = 0.10


def busy_fraction(seconds):
    """Returns the share of all processors' time that somebody used during the next moments, a hypervisor's theft included."""
    def ticks():
        fields = [int(word) for word in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]
    total, idle = ticks()
    time.sleep(seconds)
    total_after, idle_after = ticks()
    return 1 - (idle_after - idle) / max(1, total_after - total)


def settle(patience):
    """Waits until the machine is at rest, but not longer than that; returns how busy it was and how long it took."""
    start = time.monotonic()
    while True:
        busy = busy_fraction(0.25)
        if busy <= QUIET or time.monotonic() - start > patience:
            return {"busy_before": round(busy, 3), "load": os.getloadavg()[0], "settled_after": round(time.monotonic() - start, 2),
                    "is_quiet": busy <= QUIET}


def output(*command, **environment):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    return done.stdout.strip()


def basics(binary):
    """What every benchmark says of the machine and of the nexenv that it measures."""
    model = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    memory = int(open("/proc/meminfo").readline().split()[1]) >> 10
    root = pathlib.Path(__file__).parents[2]
    return {
        "processor": model[0] if model else platform.processor(), "cores": os.cpu_count(), "memory_mib": memory,
        "kernel": platform.release(), "system": next(line.split("=")[1].strip().strip('"') for line in open("/etc/os-release")
                                                     if line.startswith("PRETTY_NAME")),
        "nexenv": output(str(binary), "--version"), "nexenv_bytes": os.path.getsize(binary),
        "commit": output("git", "-C", str(root), "describe", "--always", "--dirty"),
        "load": os.getloadavg(), "python": platform.python_version(),
    }


def facts(binary, docker_config, images):
    return {
        **basics(binary),
        "docker_engine": output("docker", "version", "--format", "{{.Server.Version}}"),
        "docker_client": output("docker", "version", "--format", "{{.Client.Version}}"),
        "storage_driver": output("docker", "info", "--format", "{{.Driver}}"),
        "compose": output("docker", "compose", "version", "--short", DOCKER_CONFIG=str(docker_config)),
        "images": {image: output("docker", "image", "inspect", "-f", "{{.Id}}", image) for image in images},
    }
