"""Just enough of three wire protocols to log in and run one real operation, with Python's standard library alone.

PostgreSQL: https://www.postgresql.org/docs/17/protocol-flow.html, Redis: https://redis.io/docs/latest/develop/reference/protocol-spec/,
MongoDB: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ with BSON, SCRAM: RFC 5802 and RFC 7677.
"""

import base64
import functools
import hashlib
import hmac
import os
import socket
import struct
import time


class NotUsable(Exception):
    """The server answered, and the answer wasn't what a usable database gives."""


def connect(port, timeout=2.0):
    link = socket.create_connection(("127.0.0.1", port), timeout)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def read_exactly(link, count):
    data = b""
    while len(data) < count:
        part = link.recv(count - len(data))
        if not part:
            raise NotUsable("the connection ended")
        data += part
    return data


# A salt belongs to a user for good, so the expensive part of a log-in is paid once and not at every poll.
@functools.lru_cache
def salted(password, salt, iterations):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)


class Scram:
    """One SCRAM-SHA-256 exchange, client's side."""

    def __init__(self, user, password):
        self.password = password
        self.first = f"n={user},r={base64.b64encode(os.urandom(18)).decode()}"

    def initial(self):
        return ("n,," + self.first).encode()

    def final(self, challenge):
        fields = dict(part.split("=", 1) for part in challenge.decode().split(","))
        key = salted(self.password, base64.b64decode(fields["s"]), int(fields["i"]))
        without_proof = f"c=biws,r={fields['r']}"
        message = f"{self.first},{challenge.decode()},{without_proof}".encode()
        client = hmac.digest(key, b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(client).digest(), message, "sha256")
        proof = base64.b64encode(bytes(a ^ b for a, b in zip(client, signature))).decode()
        return f"{without_proof},p={proof}".encode()


class Session:
    """A log-in that worked; `answered` is when the server's first word came, before which nobody can know that it is up."""

    answered = None

    def hears(self):
        self.answered = self.answered or time.monotonic_ns()


class Postgres(Session):
    """A session of one user in one database."""

    def __init__(self, port, user, password, database):
        self.user, self.database = user, database
        self.link = connect(port)
        parameters = b"".join(text.encode() + b"\0" for text in ("user", user, "database", database)) + b"\0"
        self.link.sendall(struct.pack("!ii", len(parameters) + 8, 196608) + parameters)
        scram = Scram("", password)
        while True:
            kind, body = self.message()
            if kind == b"R":
                step, = struct.unpack_from("!i", body)
                if step == 10:
                    initial = scram.initial()
                    self.send(b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(initial)) + initial)
                elif step == 11:
                    self.send(b"p", scram.final(body[4:]))
                elif step not in (0, 12):
                    raise NotUsable(f"wants authentication {step}")
            elif kind == b"Z":
                return

    def send(self, kind, body):
        self.link.sendall(kind + struct.pack("!i", len(body) + 4) + body)

    def message(self):
        kind, length = struct.unpack("!ci", read_exactly(self.link, 5))
        self.hears()
        body = read_exactly(self.link, length - 4)
        if kind == b"E":
            raise NotUsable(body.decode("utf-8", "replace").replace("\0", " "))
        return kind, body

    def use(self):
        """Asks who one is, where, and who owns it: a database that isn't the owner's counts as not there."""
        sql = "SELECT concat_ws('/', current_user, datname, pg_get_userbyid(datdba)) FROM pg_database WHERE datname = current_database()"
        self.send(b"Q", sql.encode() + b"\0")
        answer = None
        while True:
            kind, body = self.message()
            if kind == b"D":
                answer = body[6:].decode()
            elif kind == b"Z":
                break
        if answer != f"{self.user}/{self.database}/{self.user}":
            raise NotUsable(f"answers {answer}")

    def close(self):
        try:
            self.send(b"X", b"")
        finally:
            self.link.close()


class Redis(Session):
    """A session of the default user."""

    def __init__(self, port, password):
        self.link = connect(port)
        self.call("AUTH", password, expected=b"+OK")

    def call(self, *words, expected):
        self.link.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words))
        answer = b""
        while not answer.endswith(b"\r\n") or (answer.startswith(b"$") and answer.count(b"\r\n") < 2):
            answer += read_exactly(self.link, 1)
            self.hears()
        if not answer.startswith(expected):
            raise NotUsable(answer.decode("utf-8", "replace"))

    def use(self):
        self.call("SET", "referee", "here", expected=b"+OK")
        self.call("GET", "referee", expected=b"$4\r\nhere")

    def close(self):
        self.link.close()


class Mongo(Session):
    """A session of the root user."""

    def __init__(self, port, user, password, database):
        self.database = database
        self.link = connect(port)
        scram = Scram(user, password)
        answer = self.call("admin", saslStart=1, mechanism="SCRAM-SHA-256", payload=scram.initial(), options={"skipEmptyExchange": True})
        self.call("admin", saslContinue=1, conversationId=answer["conversationId"], payload=scram.final(answer["payload"]))

    def call(self, database, **command):
        body = bson({**command, "$db": database})
        self.link.sendall(struct.pack("<4iIB", 21 + len(body), 1, 0, 2013, 0, 0) + body)
        length, = struct.unpack("<i", read_exactly(self.link, 4))
        self.hears()
        answer = parsed(read_exactly(self.link, length - 4)[17:])
        if answer.get("ok") != 1.0 or "writeErrors" in answer:
            raise NotUsable(str(answer.get("errmsg") or answer))
        return answer

    def use(self):
        self.call(self.database, insert="referee", documents={"0": {"seen": 1}})
        found = self.call(self.database, find="referee", filter={}, limit=1)
        if not found["cursor"]["firstBatch"]:
            raise NotUsable("what was inserted can't be found")

    def close(self):
        self.link.close()


def bson(fields):
    body = b""
    for name, value in fields.items():
        key = name.encode() + b"\0"
        if isinstance(value, bool):
            body += b"\x08" + key + bytes([value])
        elif isinstance(value, int):
            body += b"\x10" + key + struct.pack("<i", value)
        elif isinstance(value, str):
            body += b"\x02" + key + struct.pack("<i", len(value.encode()) + 1) + value.encode() + b"\0"
        elif isinstance(value, bytes):
            body += b"\x05" + key + struct.pack("<iB", len(value), 0) + value
        else:  # an array is a document whose keys are numbers
            body += (b"\x04" if "0" in value else b"\x03") + key + bson(value)
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def parsed(data):
    """Reads the kinds of values that the answers above have; a document and an array both become a dictionary."""
    fields, at = {}, 4
    while data[at]:
        kind, end = data[at], data.index(b"\0", at + 1)
        name, at = data[at + 1:end].decode(), end + 1
        if kind in (0x03, 0x04):
            length, = struct.unpack_from("<i", data, at)
            value = parsed(data[at:at + length])
        elif kind in (0x02, 0x05):
            length = struct.unpack_from("<i", data, at)[0] + (4 if kind == 2 else 5)
            value = data[at + 4:at + length - 1].decode("utf-8", "replace") if kind == 2 else data[at + 5:at + length]
        else:
            length, form = {0x01: (8, "<d"), 0x07: (12, None), 0x08: (1, "<?"), 0x09: (8, "<q"), 0x0A: (0, None),
                            0x10: (4, "<i"), 0x11: (8, "<Q"), 0x12: (8, "<q")}[kind]
            value = struct.unpack_from(form, data, at)[0] if form else None
        fields[name], at = value, at + length
    return fields


def session(target):
    """Logs in to a target, which is a dictionary with a `kind` and what the session of that kind takes."""
    arguments = {key: value for key, value in target.items() if key not in ("kind", "name")}
    return {"postgres": Postgres, "redis": Redis, "mongo": Mongo}[target["kind"]](**arguments)


def check(target):
    """Logs in, runs one operation, logs out; raises when anything of it doesn't work."""
    one = session(target)
    try:
        one.use()
    finally:
        one.close()
