"""The tools under test. Each brings up the same servers from the same images, on ports and with names of its own."""

import json
import pathlib
import shutil
import subprocess

PREFIX = "nxbench"
OWNERS = {"accounts": "accounts_owner", "orders": "orders_owner", "catalog": "catalog_owner",
          "billing": "billing_owner", "audit": "audit_owner"}
IMAGES = {"postgres": "postgres:17", "redis": "redis:8", "mongo": "mongo:6.0"}
ADMIN = "bench_admin"


def password(user):
    """The same in every tool and every run: nothing here outlives a benchmark."""
    return f"bench-{user}-4f1c"


class Stack:
    """What the tools have in common: addresses to check, and a clean-up that trusts none of them."""

    def __init__(self, name, folder, registry, services, base_port):
        self.name, self.registry, self.services = name, registry, services
        self.ports = {service: base_port + place for place, service in enumerate(IMAGES)}
        self.folder = pathlib.Path(folder) / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.environment = {}
        self.write_files()

    def targets(self):
        """Returns every declared database, as the referee wants them."""
        targets = []
        if "postgres" in self.services:
            for database, owner in OWNERS.items():
                targets.append({"name": f"postgres.{database}", "kind": "postgres", "port": self.ports["postgres"],
                                "user": owner, "password": password(owner), "database": database})
        if "redis" in self.services:
            targets.append({"name": "redis", "kind": "redis", "port": self.ports["redis"], "password": password("redis")})
        if "mongo" in self.services:
            targets.append({"name": "mongo.documents", "kind": "mongo", "port": self.ports["mongo"], "user": ADMIN,
                            "password": password(ADMIN), "database": "documents"})
        return targets

    def leftovers(self):
        """Returns the names of our containers, volumes and networks that exist, by kind."""
        return {kind: [name for name in docker(*command).split() if name.startswith(self.name)] for kind, command in {
            "container": ("ps", "-a", "--format", "{{.Names}}"), "volume": ("volume", "ls", "--format", "{{.Name}}"),
            "network": ("network", "ls", "--format", "{{.Name}}")}.items()}

    def remove_all(self):
        """Removes containers, networks and volumes; whatever was measured before has no part in what comes next."""
        there = self.leftovers()
        if there["container"]:
            docker("rm", "-f", "-v", *there["container"])
        for kind in ("network", "volume"):
            if there[kind]:
                docker(kind, "rm", *there[kind])


class Nexenv(Stack):
    """nexenv, which makes roles and databases itself."""

    label = "nexenv"

    def __init__(self, binary, *arguments):
        self.binary = str(binary)
        super().__init__(*arguments)
        self.environment = {"NEXENV_REGISTRY": self.registry}

    def write_files(self):
        roles = ", ".join(f"{owner}: {{ password: {password(owner)} }}" for owner in OWNERS.values())
        databases = ", ".join(f"{name}: {{ owner: {owner} }}" for name, owner in OWNERS.items())
        blocks = {
            "postgres": f"""
  postgres:
    engine: postgres
    version: "17"
    port: {self.ports["postgres"]}
    password: {password("postgres")}
    roles: {{ {roles} }}
    databases: {{ {databases} }}
""", "redis": f"""
  redis:
    engine: redis
    version: "8"
    port: {self.ports["redis"]}
    password: {password("redis")}
""", "mongo": f"""
  mongo:
    engine: mongodb
    version: "6.0"
    port: {self.ports["mongo"]}
    user: {ADMIN}
    password: {password(ADMIN)}
    databases: {{ documents: {{}} }}
"""}
        text = f"name: {self.name}\nruntime: docker\nservices:" + "".join(blocks[service] for service in self.services)
        self.file = self.folder / "nexenv.yaml"
        self.file.write_text(text)

    def up(self):
        return [self.binary, "up", "-f", str(self.file)]

    def down(self):
        return [self.binary, "down", "-f", str(self.file)]

    def remove_all(self):
        super().remove_all()
        shutil.rmtree(self.folder / ".nexenv", ignore_errors=True)


class Compose(Stack):
    """Docker Compose as somebody who knows it well sets it up: checks every second, over TCP, databases by an init script."""

    label = "compose"

    def __init__(self, docker_config, *arguments):
        super().__init__(*arguments)
        self.environment = {"DOCKER_CONFIG": str(docker_config)}

    def write_files(self):
        (self.folder / "init.sql").write_text("".join(
            f"CREATE ROLE {owner} LOGIN PASSWORD '{password(owner)}';\nCREATE DATABASE {name} OWNER {owner};\n"
            for name, owner in OWNERS.items()))
        services = {
            "postgres": {
                # What nexenv passes by default; without it the rival would sync more often.
                "command": ["postgres", "-c", "synchronous_commit=off"],
                "environment": {"POSTGRES_PASSWORD": password("postgres"), "POSTGRES_INITDB_ARGS": "--no-sync"},
                "volumes": ["postgres:/var/lib/postgresql/data", "./init.sql:/docker-entrypoint-initdb.d/init.sql:ro"],
                "shm_size": "256mb",
                "healthcheck": self.check("pg_isready", "-q", "-h", "127.0.0.1"),
                "inside": 5432,
            },
            "redis": {
                "command": ["redis-server", "--requirepass", password("redis")],
                "environment": {"REDISCLI_AUTH": password("redis")},
                "volumes": ["redis:/data"],
                "healthcheck": self.check("redis-cli", "-e", "ping"),
                "inside": 6379,
            },
            "mongo": {
                "command": ["mongod", "--wiredTigerCacheSizeGB", "0.5"],
                "environment": {"MONGO_INITDB_ROOT_USERNAME": ADMIN, "MONGO_INITDB_ROOT_PASSWORD": password(ADMIN)},
                # The second one has nothing in it, but would be left behind without a name by every `down`.
                "volumes": ["mongo:/data/db", "mongo-config:/data/configdb"],
                # No mongosh in the stand-in. The server that makes the root user listens on 127.0.0.1 alone, so a connection
                # to the container's own address means the real one; a tenth of what starting mongosh costs.
                "healthcheck": self.check("bash", "-c", "exec 3<>/dev/tcp/$$HOSTNAME/27017"),
                "inside": 27017,
            },
        }
        document = {"name": self.name, "services": {}, "volumes": {}}
        for service in self.services:
            one = services[service]
            one["image"] = self.registry + IMAGES[service]
            one["ports"] = [f"127.0.0.1:{self.ports[service]}:{one.pop('inside')}"]
            document["services"][service] = one
            document["volumes"].update({volume.split(":")[0]: {} for volume in one["volumes"] if not volume.startswith(".")})
        self.file = self.folder / "compose.yaml"
        self.file.write_text(json.dumps(document, indent=2))  # JSON is YAML

    @staticmethod
    def check(*test):
        return {"test": ["CMD", *test], "interval": "1s", "timeout": "5s", "retries": 60}

    def command(self, *arguments):
        return ["docker", "compose", "-f", str(self.file), *arguments]

    def up(self):
        return self.command("up", "-d", "--wait")

    def down(self):
        return self.command("down")


class ReturnsAtOnce(Compose):
    """A control: it doesn't wait for anything, and the referee has to say so."""

    label = "up that doesn't wait"

    def up(self):
        return self.command("up", "-d")


class ReturnsLate(Nexenv):
    """A control: half a second late, which the referee has to see as lag."""

    label = "up that dawdles"

    def up(self):
        return ["sh", "-c", '"$@"; status=$?; sleep 0.5; exit $status', "sh", *super().up()]


def docker(*arguments):
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout
