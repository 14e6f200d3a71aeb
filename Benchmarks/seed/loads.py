"""What is loaded into each engine, by nexenv and by its rivals, and how the content is compared."""

import csv
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TABLE = "id bigint, email text, name text, note text, age int, balance numeric(12, 2), meta jsonb, made_at timestamptz"
FIELDS = """
        id: !gen sequence
        email: !gen { email: { domain: example.test } }
        name: !gen full_name
        note: !gen sentence
        age: !gen { integer: { min: 18, max: 90 } }
        balance: !gen { decimal: { min: 0, max: 100000, round: 2 } }
        meta: { plan: !gen { choice: [free, pro, team] }, visits: !gen { integer: { min: 0, max: 999 } } }
        made_at: !gen { time: { from: -365d, to: 0d } }
"""


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, **options).stdout.strip()


def expect(name, found, wanted):
    if found != wanted:
        sys.exit(f"bench: {name} loaded other rows: {found}, not {wanted}")


class Postgres:
    """A table of 8 columns without an index, and one with a primary key that is compared as well."""

    title = "PostgreSQL"
    service = "  pg: { engine: postgres, settings: { shared_buffers: 512MB, max_wal_size: 4GB }, databases: { one: {} } }\n"

    def __init__(self, stage):
        self.stage = stage
        self.sets = {
            "file": "    into: pg.one.person\n    mode: append\n    from: { csv: person.csv }\n",
            "made": f"    into: pg.one.made\n    mode: append\n    generate:\n      count: {stage.rows}\n      seed: bench\n      fields:{FIELDS}",
            "again": "    into: pg.one.kept\n    mode: upsert\n    key: [id]\n    from: { csv: person.csv }\n",
        }

    def sql(self, *texts):
        commands = [word for text in texts for word in ("-c", text)]
        return run("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.url, *commands, cwd=self.stage.folder)

    def prepare(self):
        self.url = self.stage.url("pg.one")
        self.sql(f"CREATE TABLE person ({TABLE})", f"CREATE TABLE made ({TABLE})", f"CREATE TABLE kept ({TABLE}, PRIMARY KEY (id))")
        self.stage.nexenv("seed", "-q", "--set", "made")
        self.sql("\\copy made to 'person.csv' csv header")
        self.fingerprint = self.mark("made")
        self.sql("TRUNCATE made")

    def mark(self, table):
        return self.sql(f"SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {table} t")

    def empty(self):
        self.sql("TRUNCATE person, made, kept")

    def load(self, table, trial, wanted=None):
        self.sql(f"TRUNCATE {table}", "CHECKPOINT")
        sample = trial()
        expect(sample["trial"], self.mark(table), wanted or self.fingerprint)
        return sample

    def copy(self, name, table, file):
        command = ["psql", "-Xq", "-d", self.url, "-c", f"\\copy {table} from '{file}' csv header"]
        return lambda: self.stage.time(name, command)

    def trials(self):
        return [{
            "psql": lambda: self.load("person", self.copy("psql", "person", "person.csv")),
            "file": lambda: self.load("person", lambda: self.stage.seed("file", "file")),
            "made": lambda: self.load("made", lambda: self.stage.seed("made", "made")),
        }]

    def after(self):
        """The table with a key: filled, and all of it compared with nothing to change."""
        first = self.load("kept", lambda: self.stage.seed("first", "again"))
        self.sql("VACUUM ANALYZE kept", "CHECKPOINT")
        written = "SELECT pg_stat_get_tuples_updated('kept'::regclass) + pg_stat_get_tuples_inserted('kept'::regclass)"
        before = int(self.sql(written))
        again = self.stage.seed("again", "again")
        expect("again", self.mark("kept"), self.fingerprint)
        again["dead"] = int(self.sql("SELECT pg_stat_get_dead_tuples('kept'::regclass)")) + int(self.sql(written)) - before
        return [first, again]

    def large(self, size):
        """A file of that size, by psql and by nexenv."""
        # Line by line: a program's peak of memory is at least that of the one that starts it.
        folder, start = self.stage.folder, 0
        path = folder / "large.csv"
        with open(path, "w") as out:
            while out.tell() < size:
                with open(folder / "person.csv") as lines:
                    header = next(lines)
                    if not start:
                        out.write(header)
                    for start, line in enumerate(lines, start + 1):
                        out.write(f"{start},{line.split(',', 1)[1]}")
        (folder / "file.yaml").write_text("sets:\n  file:\n" + self.sets["file"].replace("person.csv", "large.csv"))
        self.sql("TRUNCATE person", "CHECKPOINT")
        samples = [self.copy("large-psql", "person", "large.csv")()]
        wanted = self.mark("person")
        samples.append(self.load("person", lambda: self.stage.seed("large", "file"), wanted))
        for sample in samples:
            sample |= {"round": 1, "rows": start, "bytes": path.stat().st_size}
        path.unlink()
        return samples


def people(stage):
    """The rows of the CSV file, made anew where PostgreSQL isn't measured."""
    path = stage.folder / "person.csv"
    if path.stat().st_size < 1000:
        chance = __import__("random").Random(1)
        names = ["Louis Pohl", "Nicolas Lin", "Ana Sousa", "Mia Berg", "Omar Haddad", "Ines Vidal"]
        for number in range(1, stage.rows + 1):
            name = chance.choice(names)
            yield {"id": str(number), "email": f"{name.replace(' ', '.').lower()}{number}@example.test", "name": name, "age": str(chance.randint(18, 90)),
                   "note": " ".join(chance.choices(["lorem", "ipsum", "dolor", "sit", "amet", "elit"], k=9)), "balance": f"{chance.random() * 1e5:.2f}",
                   "meta": json.dumps({"plan": chance.choice(["free", "pro", "team"]), "visits": chance.randint(0, 999)}), "made_at": "2024-12-02 00:00:00+00"}
        return
    with open(path, newline="") as file:
        yield from csv.DictReader(file)


class Mongo:
    """Documents of 8 fields, one of them a document, with an _id of their own."""

    title = "MongoDB"
    service = '  mongo: { engine: mongodb, version: "6.0", settings: { wiredTigerCacheSizeGB: 2 }, databases: { one: {} } }\n'
    sets = {"docs": "    into: mongo.one.docs\n    from: { jsonl: docs.jsonl }\n"}

    def __init__(self, stage):
        self.stage = stage
        self.python = run(HERE / "fetch-pymongo")

    def prepare(self):
        self.url = self.stage.url("mongo.one")
        with open(self.stage.folder / "docs.jsonl", "w") as out:
            for row in people(self.stage):
                document = {"_id": int(row["id"]), "email": row["email"], "name": row["name"], "note": row["note"], "age": int(row["age"]),
                            "balance": float(row["balance"]), "meta": json.loads(row["meta"]), "made_at": row["made_at"]}
                out.write(json.dumps(document) + "\n")
        self.fingerprint = None
        self.load(self.insert_many())

    def insert_many(self, *options):
        name = "-".join(["pymongo", *options])
        return lambda: self.stage.time(name, [self.python, str(HERE / "insert_many.py"), self.url, "docs.jsonl", *options])

    def mark(self):
        """The server's own sum over all documents and their types, in the order of _id."""
        return run(self.python, HERE / "insert_many.py", self.url, "--hash")

    def empty(self):
        run(self.python, HERE / "insert_many.py", self.url, "--drop")

    def load(self, trial):
        self.empty()
        sample = trial()
        found = self.mark()
        self.fingerprint = self.fingerprint or found
        expect(sample["trial"], found, self.fingerprint)
        return sample

    def trials(self):
        trials = {
            "pymongo": lambda: self.load(self.insert_many()),
            "pymongo-orjson": lambda: self.load(self.insert_many("orjson")),
            "docs": lambda: self.load(lambda: self.stage.seed("docs", "docs")),
        }
        if program := self.stage.chosen.mongoimport:
            command = [program, "--quiet", "--uri", self.url, "-c", "docs", "--writeConcern", "{w: 1}", "docs.jsonl"]
            for name, workers in (("mongoimport", "1"), ("mongoimport-2", "2")):
                trials[name] = lambda name=name, workers=workers: self.load(
                    lambda: self.stage.time(name, [*command, "-j", workers]))
        return [trials]

    def after(self):
        return []


class Redis:
    """Hashes of 4 fields and texts, each under a key of its own; the rival is given commands that were made before."""

    title = "Redis"
    service = "  redis: { engine: redis, settings: { enable-debug-command: local }, databases: { one: 0, two: 1 } }\n"
    sets = {"hashes": "    into: redis.one\n    from: { jsonl: hashes.jsonl }\n", "strings": "    into: redis.two\n    from: { csv: strings.csv }\n"}
    databases = {"hashes": "0", "strings": "1"}

    def __init__(self, stage):
        self.stage = stage
        self.fingerprints = {}

    def prepare(self):
        self.urls = {"hashes": self.stage.url("redis.one"), "strings": self.stage.url("redis.two")}
        command = lambda *words: b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in map(str.encode, words))
        folder = self.stage.folder
        with open(folder / "hashes.jsonl", "w") as hashes, open(folder / "strings.csv", "w") as strings, \
                open(folder / "hashes.resp", "wb") as hash_commands, open(folder / "strings.resp", "wb") as string_commands:
            strings.write("key,string\n")
            for row in people(self.stage):
                key = f"person:{row['id']}"
                fields = {"email": row["email"], "name": row["name"], "age": row["age"], "plan": json.loads(row["meta"])["plan"]}
                hashes.write(json.dumps({"key": key, "hash": fields}) + "\n")
                strings.write(f"{key},{row['email']}\n")
                hash_commands.write(command("HSET", key, *[word for pair in fields.items() for word in pair]))
                string_commands.write(command("SET", key, row["email"]))

    def cli(self, kind, *words):
        return run("redis-cli", "--no-auth-warning", "-u", self.urls[kind], *words)

    def empty(self):
        self.cli("hashes", "FLUSHALL", "SYNC")

    def load(self, kind, trial):
        self.empty()
        sample = trial()
        self.cli(kind, "DEL", "nexenv:seeds")
        found = self.cli(kind, "DBSIZE") + " " + self.cli(kind, "DEBUG", "DIGEST")
        expect(sample["trial"], found, self.fingerprints.setdefault(kind, found))
        return sample

    def pipe(self, kind):
        command = ["redis-cli", "--no-auth-warning", "-u", self.urls[kind], "--pipe"]
        return lambda: self.stage.time(f"pipe-{kind}", command, self.stage.folder / f"{kind}.resp")

    def trials(self):
        return [{
            f"pipe-{kind}": lambda kind=kind: self.load(kind, self.pipe(kind)),
            kind: lambda kind=kind: self.load(kind, lambda: self.stage.seed(kind, kind)),
        } for kind in self.sets]

    def after(self):
        return []


ALL = {"postgres": Postgres, "mongo": Mongo, "redis": Redis}
