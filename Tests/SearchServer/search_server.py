#!/usr/bin/env python3
"""A small stand-in for Elasticsearch: a strict reading of the REST calls that nexenv makes, as the reference of 8.x has them.

What nexenv never says is refused, so that a test fails where a real server would: a wrong method, content type or
parameter, a body where none belongs, NDJSON without its last line end, a missing password. It keeps everything in memory,
prints its port, and ends with its standard input. Python's standard library only.

    search_server.py [--port N] [--password TEXT] [--flavor elasticsearch|opensearch]

The password may come from ELASTIC_PASSWORD, the port from the setting `http.port`, as in the images.
"""

import argparse
import base64
import json
import os
import re
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

LIMIT = 32 << 20
NAME = re.compile(r"^[a-z0-9][a-z0-9_.-]*$")


class Refused(Exception):
    def __init__(self, status, kind, reason, cause=None):
        self.status, self.kind, self.reason, self.cause = status, kind, reason, cause

    def error(self):
        error = {"type": self.kind, "reason": self.reason}
        if self.cause:
            error["caused_by"] = {"type": "illegal_argument_exception", "reason": self.cause}
        return error


def bad(reason, kind="illegal_argument_exception", cause=None):
    return Refused(400, kind, reason, cause)


# ----------------------------------------------------------------------------------------------------------- mappings

TYPES = {"text", "keyword", "date", "long", "integer", "double", "boolean", "object", "nested", "ip"}
CHANGEABLE = {"ignore_above", "search_analyzer", "null_value", "copy_to"}
ANALYZERS = {"standard", "english", "simple", "whitespace", "keyword"}


def check_mapping(mapping, place=""):
    for key in mapping:
        if key not in ("properties", "dynamic", "_source", "_meta"):
            raise bad(f"Root mapping definition has unsupported parameters: [{key} : {mapping[key]}]",
                      "mapper_parsing_exception")
    if mapping.get("dynamic", "true") not in (True, False, "true", "false", "strict", "runtime"):
        raise bad(f"Failed to parse value [{mapping['dynamic']}] as dynamic", "mapper_parsing_exception")
    for name, field in mapping.get("properties", {}).items():
        check_field(name, field)


def check_field(name, field):
    if not isinstance(field, dict):
        raise bad(f"Expected map for property [fields] on field [{name}]", "mapper_parsing_exception")
    kind = field.get("type", "object" if "properties" in field else None)
    if kind is None:
        raise bad(f"No type specified for field [{name}]", "mapper_parsing_exception")
    if kind not in TYPES:
        raise bad(f"No handler for type [{kind}] declared on field [{name}]", "mapper_parsing_exception")
    for key, value in field.items():
        if key == "analyzer" and value not in ANALYZERS:
            raise bad(f"analyzer [{value}] has not been configured in mappings", "mapper_parsing_exception")
        if key not in ("type", "analyzer", "properties", "fields", "index", "format", "dynamic", *CHANGEABLE):
            raise bad(f"unknown parameter [{key}] on mapper [{name}] of type [{kind}]", "mapper_parsing_exception")
    for inner in ("properties", "fields"):
        for child, value in field.get(inner, {}).items():
            check_field(f"{name}.{child}", value)


def merge_fields(own, new, prefix=""):
    """What put-mapping makes of two sets of fields; types and most parameters can't change."""
    merged = dict(own)
    for name, field in new.items():
        path = prefix + name
        if name not in own:
            merged[name] = field
            continue
        old = own[name]
        kinds = old.get("type", "object"), field.get("type", "object")
        if kinds[0] != kinds[1]:
            raise bad(f"mapper [{path}] cannot be changed from type [{kinds[0]}] to [{kinds[1]}]")
        result = {**old, **field}
        for key in (set(old) | set(field)) - {"properties", "fields", "type"} - CHANGEABLE:
            if key in field and old.get(key) != field[key]:
                raise bad(f"Mapper for [{path}] conflicts with existing mapper:\n\tCannot update parameter [{key}] "
                          f"from [{old.get(key, 'default')}] to [{field[key]}]")
        for inner in ("properties", "fields"):
            if inner in old or inner in field:
                result[inner] = merge_fields(old.get(inner, {}), field.get(inner, {}), path + ".")
        merged[name] = result
    return merged


DATE = re.compile(r"^\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2}(:\d{2}([.,]\d{1,9})?)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?)?)?$")


def check_value(name, field, value):
    kind = field.get("type", "object")
    for item in value if isinstance(value, list) else [value]:
        if item is None:
            continue
        text = item if isinstance(item, str) else json.dumps(item)
        is_scalar = not isinstance(item, (dict, list))
        good = {
            "text": is_scalar, "keyword": is_scalar,
            "date": (isinstance(item, str) and bool(DATE.match(item))) or isinstance(item, int),
            "long": bool(re.match(r"^-?\d+$", text)), "integer": bool(re.match(r"^-?\d{1,10}$", text)),
            "double": bool(re.match(r"^-?[\d.]+(e[+-]?\d+)?$", text)), "boolean": text in ("true", "false", ""),
            "ip": isinstance(item, str), "object": isinstance(item, dict), "nested": isinstance(item, dict),
        }[kind]
        if not good:
            raise bad(f"failed to parse field [{name}] of type [{kind}] in document", "document_parsing_exception",
                      f"failed to parse [{text}]")


def check_document(mapping, document, prefix=""):
    """Checks a document, and returns the fields that it adds to the mapping."""
    added = {}
    for name, value in document.items():
        field = mapping.get("properties", {}).get(name)
        if field is None:
            dynamic = str(mapping.get("dynamic", "true")).lower()
            if dynamic == "strict":
                raise bad(f"mapping set to strict, dynamic introduction of [{name}] within [_doc] is not allowed",
                          "strict_dynamic_mapping_exception")
            guess = value[0] if isinstance(value, list) and value else value
            if dynamic == "true" and guess is not None and not isinstance(guess, (dict, list)):
                kind = "boolean" if isinstance(guess, bool) else "long" if isinstance(guess, int) else "text"
                added[name] = {"type": kind}
            continue
        check_value(prefix + name, field, value)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and "properties" in field:
                check_document({"properties": field["properties"]}, item, f"{prefix}{name}.")
    return added


# ----------------------------------------------------------------------------------------------------------- settings

STATIC = {"index.number_of_shards"}
DYNAMIC = {"index.number_of_replicas", "index.refresh_interval", "index.translog.durability", "index.hidden",
           "index.max_result_window"}


def flat(settings, prefix=""):
    out = {}
    for key, value in settings.items():
        path = prefix + key
        if isinstance(value, dict):
            out.update(flat(value, path + "."))
        else:
            path = path if path.startswith("index.") else "index." + path
            if path not in STATIC | DYNAMIC and not path.startswith("index.analysis."):
                raise bad(f"unknown setting [{path}] please check that any required plugins are installed, or check the "
                          f"breaking changes documentation for removed settings")
            out[path] = value if isinstance(value, list) else value if isinstance(value, str) else json.dumps(value)
    return out


class Index:
    def __init__(self, name, settings, mappings):
        self.name, self.mappings = name, mappings
        self.settings = {"index.number_of_shards": "1", "index.number_of_replicas": "1", **settings,
                         "index.uuid": uuid.uuid4().hex[:22], "index.provided_name": name}
        self.documents, self.sequence = {}, -1

    def put(self, action, meta, source):
        """One operation of `_bulk`; its result as the server's item."""
        identity = meta["_id"]
        old = self.documents.get(identity)
        try:
            if action == "create" and old:
                raise Refused(409, "version_conflict_engine_exception",
                              f"[{identity}]: version conflict, document already exists (current version [1])")
            wanted = meta.get("if_seq_no")
            if wanted is not None and (old is None or old["_seq_no"] != wanted):
                raise Refused(409, "version_conflict_engine_exception",
                              f"[{identity}]: version conflict, required seqNo [{wanted}], primary term [1]")
            if action == "delete":
                if not old:
                    return {"_index": self.name, "_id": identity, "result": "not_found", "status": 404}
                del self.documents[identity]
            else:
                for name, field in check_document(self.mappings, source).items():
                    self.mappings.setdefault("properties", {})[name] = field
        except Refused as refused:
            return {"_index": self.name, "_id": identity, "status": refused.status, "error": refused.error()}
        self.sequence += 1
        if action != "delete":
            self.documents[identity] = {"_source": source, "_seq_no": self.sequence}
        result = "deleted" if action == "delete" else "updated" if old else "created"
        return {"_index": self.name, "_id": identity, "result": result, "_seq_no": self.sequence, "_primary_term": 1,
                "status": 201 if result == "created" else 200}


class Server:
    def __init__(self, user, password):
        self.user, self.password = user, password
        self.lock = threading.RLock()
        self.indexes, self.templates, self.scrolls, self.repositories = {}, {}, {}, {}
        self.calls = []

    def index(self, name):
        if name not in self.indexes:
            raise Refused(404, "index_not_found_exception", f"no such index [{name}]")
        return self.indexes[name]


# --------------------------------------------------------------------------------------------------------------- calls

ROUTES = []


def route(method, path, query=(), body=None):
    """A call: its path with names in braces, the parameters that it knows, and whether it has a body: json or ndjson."""
    pattern = re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$")

    def add(function):
        ROUTES.append((method, pattern, set(query), body, function))
        return function
    return add


def shape(body, required=(), optional=()):
    for key in body:
        if key not in required and key not in optional:
            raise bad(f"unknown key [{key}]", "parsing_exception")
    for key in required:
        if key not in body:
            raise bad(f"[{key}] is missing", "parsing_exception")


@route("GET", "/")
def information(server, **_):
    return 200, {"name": "search", "version": {"number": "8.19.0"}, "tagline": "You Know, for Search"}


@route("GET", "/_cluster/health", ("wait_for_status", "timeout"))
@route("GET", "/_cluster/health/{names}", ("wait_for_status", "timeout"))
def health(server, names=None, query=None, **_):
    for name in (names or "").split(",") if names else []:
        server.index(name)
    return 200, {"cluster_name": "search", "status": "green", "timed_out": False}


@route("PUT", "/{name}", (), "json")
def create_index(server, name, body, **_):
    shape(body, (), ("settings", "mappings", "aliases"))
    if not NAME.match(name):
        raise bad(f"Invalid index name [{name}], must be lowercase", "invalid_index_name_exception")
    if name in server.indexes:
        raise bad(f"index [{name}/{server.indexes[name].settings['index.uuid']}] already exists",
                  "resource_already_exists_exception")
    settings, mappings = {}, {}
    for template in sorted(server.templates.values(), key=lambda one: one.get("priority", 0)):
        if any(re.match(pattern.replace("*", ".*") + "$", name) for pattern in template["index_patterns"]):
            settings.update(flat(template.get("template", {}).get("settings", {})))
            mappings = json.loads(json.dumps(template.get("template", {}).get("mappings", {})))
    mapping = body.get("mappings", {})
    check_mapping(mapping)
    mappings = {**mappings, **mapping, "properties": {**mappings.get("properties", {}), **mapping.get("properties", {})}}
    server.indexes[name] = Index(name, {**settings, **flat(body.get("settings", {}))}, mappings)
    return 200, {"acknowledged": True, "shards_acknowledged": True, "index": name}


@route("HEAD", "/{name}")
def has_index(server, name, **_):
    return (200 if name in server.indexes else 404), None


@route("DELETE", "/{name}")
def delete_index(server, name, **_):
    server.index(name)
    del server.indexes[name]
    return 200, {"acknowledged": True}


@route("GET", "/{name}", ("flat_settings",))
def get_index(server, name, query, **_):
    if query.get("flat_settings") != "true":
        raise bad("only flat settings here")
    index = server.index(name)
    return 200, {name: {"aliases": {}, "mappings": index.mappings, "settings": index.settings}}


@route("PUT", "/{name}/_mapping", (), "json")
def put_mapping(server, name, body, **_):
    index = server.index(name)
    check_mapping(body)
    merged = merge_fields(index.mappings.get("properties", {}), body.get("properties", {}))
    index.mappings = {**index.mappings, **body, "properties": merged}
    return 200, {"acknowledged": True}


@route("PUT", "/{name}/_settings", (), "json")
def put_settings(server, name, body, **_):
    index, new = server.index(name), flat(body)
    fixed = [key for key in new if key not in DYNAMIC]
    if fixed:
        raise bad(f"Can't update non dynamic settings [[{', '.join(fixed)}]] for open indices [[{name}]]")
    index.settings.update(new)
    return 200, {"acknowledged": True}


@route("GET", "/_index_template/{name}", ("flat_settings",))
def get_template(server, name, **_):
    if name not in server.templates:
        raise Refused(404, "resource_not_found_exception", f"index template matching [{name}] not found")
    template = json.loads(json.dumps(server.templates[name]))
    if "settings" in template.get("template", {}):
        template["template"]["settings"] = flat(template["template"]["settings"])
    return 200, {"index_templates": [{"name": name, "index_template": {**template, "composed_of": []}}]}


@route("PUT", "/_index_template/{name}", (), "json")
def put_template(server, name, body, **_):
    shape(body, ("index_patterns",), ("priority", "template", "_meta"))
    shape(body.get("template", {}), (), ("settings", "mappings", "aliases"))
    check_mapping(body.get("template", {}).get("mappings", {}))
    flat(body.get("template", {}).get("settings", {}))
    for other, template in server.templates.items():
        if other != name and template.get("priority", 0) == body.get("priority", 0) \
                and set(template["index_patterns"]) & set(body["index_patterns"]):
            raise bad(f"index template [{name}] has index patterns {body['index_patterns']} matching patterns from existing "
                      f"templates [{other}] with the same priority")
    server.templates[name] = body
    return 200, {"acknowledged": True}


@route("GET", "/{name}/_stats/docs", ("level",))
def stats(server, name, query, **_):
    index = server.index(name)
    if query.get("level") != "shards":
        raise bad("level parameter must be one of [cluster] or [indices] or [shards]")
    copy = {"routing": {"state": "STARTED", "primary": True}, "docs": {"count": len(index.documents)},
            "seq_no": {"max_seq_no": index.sequence, "local_checkpoint": index.sequence}}
    return 200, {"indices": {name: {"uuid": index.settings["index.uuid"], "shards": {"0": [copy]}}}}


@route("POST", "/{name}/_refresh")
def refresh(server, name, **_):
    server.index(name)
    return 200, {"_shards": {"total": 1, "successful": 1, "failed": 0}}


@route("PUT", "/{name}/_doc/{identity}", ("refresh",), "json")
def put_document(server, name, identity, body, **_):
    result = server.index(name).put("index", {"_id": identity}, body)
    if "error" in result:
        raise Refused(result["status"], result["error"]["type"], result["error"]["reason"])
    return result["status"], result


@route("GET", "/{name}/_doc/{identity}")
def get_document(server, name, identity, **_):
    document = server.index(name).documents.get(identity)
    if document is None:
        return 404, {"_index": name, "_id": identity, "found": False}
    return 200, {"_index": name, "_id": identity, "_primary_term": 1, "found": True, **document}


@route("POST", "/{name}/_mget", (), "json")
def multi_get(server, name, body, **_):
    shape(body, ("ids",))
    if not body["ids"]:
        raise Refused(400, "action_request_validation_exception", "Validation Failed: 1: no documents to get;")
    index, found = server.index(name), []
    for identity in body["ids"]:
        document = index.documents.get(identity)
        base = {"_index": name, "_id": identity, "found": document is not None}
        found.append({**base, "_primary_term": 1, **document} if document else base)
    return 200, {"docs": found}


@route("POST", "/{name}/_bulk", ("refresh",), "ndjson")
def bulk(server, name, body, query, **_):
    if query.get("refresh", "false") not in ("true", "false", "wait_for"):
        raise bad(f"Unknown value for refresh: [{query['refresh']}].")
    if not body:
        raise bad("request body is required", "parse_exception")
    index, lines, items = server.index(name), iter(body), []
    for line in lines:
        if not isinstance(line, dict) or len(line) != 1:
            raise bad("Malformed action/metadata line, expected one action")
        (action, meta), = line.items()
        if action not in ("create", "index", "delete"):
            raise bad(f"Malformed action/metadata line [{action}], expected field [create], [delete], [index]")
        unknown = set(meta) - {"_id", "if_seq_no", "if_primary_term"}
        if unknown:
            raise bad(f"Action/metadata line contains an unknown parameter [{unknown.pop()}]")
        if not isinstance(meta.get("_id"), str) or not meta["_id"] or len(meta["_id"].encode()) > 512:
            raise Refused(400, "action_request_validation_exception", "Validation Failed: 1: an id is required;")
        source = None
        if action != "delete":
            source = next(lines, None)
            if not isinstance(source, dict):
                raise bad("Malformed content, found extra data after parsing: START_OBJECT")
            for key in source:
                if key.startswith("_") and key in ("_id", "_index", "_source", "_seq_no"):
                    items.append({action: {"_index": name, "_id": meta["_id"], "status": 400, "error": {
                        "type": "document_parsing_exception",
                        "reason": f"Field [{key}] is a metadata field and cannot be added inside a document."}}})
                    break
            else:
                items.append({action: index.put(action, meta, source)})
            continue
        items.append({action: index.put(action, meta, None)})
    return 200, {"took": 1, "errors": any("error" in list(item.values())[0] for item in items), "items": items}


def matches(query, source):
    (kind, inner), = query.items()
    if kind == "match_all":
        return True
    if kind == "term":
        (field, value), = inner.items()
        found = source.get(field)
        return value in found if isinstance(found, list) else found == value
    if kind == "match":
        (field, value), = inner.items()
        return any(word in str(source.get(field, "")).lower() for word in value.lower().split())
    if kind == "bool":
        shape(inner, (), ("filter",))
        return all(matches(one, source) for one in inner.get("filter", []))
    raise bad(f"unknown query [{kind}]", "parsing_exception")


def page(server, scroll):
    hits = server.scrolls[scroll]
    part, hits[:] = hits[:scroll_size(server, scroll)], hits[scroll_size(server, scroll):]
    return 200, {"_scroll_id": scroll, "_shards": {"total": 1, "successful": 1, "failed": 0},
                 "hits": {"total": {"value": len(part), "relation": "eq"}, "hits": part}}


def scroll_size(server, scroll):
    return server.scroll_sizes[scroll]


@route("POST", "/{name}/_search", ("scroll",), "json")
def search(server, name, body, query, **_):
    shape(body, (), ("size", "sort", "query", "_source"))
    index = server.index(name)
    hits = []
    for identity, document in list(index.documents.items()):
        if matches(body.get("query", {"match_all": {}}), document["_source"]):
            hit = {"_index": name, "_id": identity, "_score": None}
            if body.get("_source", True):
                hit["_source"] = document["_source"]
            hits.append(hit)
    size = body.get("size", 10)
    if size > 10_000:
        raise bad("Result window is too large")
    if "scroll" not in query:
        return 200, {"_shards": {"total": 1, "successful": 1, "failed": 0},
                     "hits": {"total": {"value": len(hits), "relation": "eq"}, "hits": hits[:size]}}
    scroll = uuid.uuid4().hex
    server.scrolls[scroll] = hits
    server.scroll_sizes[scroll] = size
    return page(server, scroll)


@route("POST", "/_search/scroll", (), "json")
def next_page(server, body, **_):
    shape(body, ("scroll_id",), ("scroll",))
    if body["scroll_id"] not in server.scrolls:
        raise Refused(404, "search_context_missing_exception", "No search context found")
    return page(server, body["scroll_id"])


@route("DELETE", "/_search/scroll", (), "json")
def close_scroll(server, body, **_):
    shape(body, ("scroll_id",))
    return 200, {"succeeded": server.scrolls.pop(body["scroll_id"], None) is not None, "num_freed": 1}


@route("GET", "/{name}/_count")
def count(server, name, **_):
    return 200, {"count": len(server.index(name).documents)}


@route("GET", "/_snapshot/{name}")
def get_repository(server, name, **_):
    if name not in server.repositories:
        raise Refused(404, "repository_missing_exception", f"[{name}] missing")
    return 200, {name: server.repositories[name]}


@route("PUT", "/_snapshot/{name}", (), "json")
def put_repository(server, name, body, **_):
    shape(body, ("type", "settings"))
    location = body["settings"].get("location", "")
    allowed = [one for one in os.environ.get("path.repo", "").split(",") if one]
    if body["type"] != "fs" or location not in allowed:
        raise Refused(500, "repository_exception", f"[{name}] location [{location}] doesn't match any of the locations "
                      f"specified by path.repo")
    server.repositories[name] = body
    return 200, {"acknowledged": True}


# ---------------------------------------------------------------------------------------------------------------- HTTP

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "search"
    # An answer goes out as a whole: small writes would each wait for the other side's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self):
        length = self.headers.get("Content-Length")
        if length is not None and int(length) > LIMIT:
            self.close_connection = True
            return 413, {"error": {"type": "", "reason": "too large"}}
        body = self.rfile.read(int(length)) if length else b""
        server = self.server.search
        wanted = base64.b64encode(f"{server.user}:{server.password}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {wanted}":
            raise Refused(401, "security_exception", f"unable to authenticate user for REST request [{self.path}]"
                          if self.headers.get("Authorization") else f"missing authentication credentials for REST request "
                          f"[{self.path}]")
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        methods = set()
        for method, pattern, known, kind, function in ROUTES:
            found = pattern.match(parts.path)
            if not found:
                continue
            names = {key: unquote(value) for key, value in found.groupdict().items()}
            if any(value.startswith("_") for key, value in names.items() if key != "identity"):
                continue
            methods.add(method)
            if method != self.command:
                continue
            for name in query:
                if name not in known:
                    raise bad(f"request [{parts.path}] contains unrecognized parameter: [{name}]")
            with server.lock:
                server.calls.append(f"{self.command} {self.path}")
                return function(server=server, query=query, body=self.content(kind, body), **names)
        if methods:
            raise Refused(405, "method_not_allowed", f"Incorrect HTTP method for uri [{self.path}] and method "
                          f"[{self.command}], allowed: {sorted(methods)}")
        raise bad(f"no handler found for uri [{self.path}] and method [{self.command}]")

    def content(self, kind, body):
        type = self.headers.get("Content-Type")
        if kind is None:
            if body:
                raise bad(f"request [{self.command} {self.path}] does not support having a body")
            return None
        wanted = {"json": ["application/json"], "ndjson": ["application/x-ndjson"]}[kind]
        if type not in wanted:
            raise Refused(406, "media_type_header_exception", f"Content-Type header [{type}] is not supported")
        try:
            if kind == "json":
                found = json.loads(body.decode())
                if not isinstance(found, dict):
                    raise bad("Required an object", "parsing_exception")
                return found
            if not body.endswith(b"\n"):
                raise bad("The bulk request must be terminated by a newline [\\n]")
            return [json.loads(line) for line in body.decode().split("\n")[:-1]]
        except ValueError as error:
            raise bad(f"{error}", "x_content_parse_exception")

    def handle_call(self):
        try:
            status, value = self.answer()
        except Refused as refused:
            status, value = refused.status, {"error": refused.error(), "status": refused.status}
        data = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="security"')
        self.send_header("Content-Type", "application/json")
        # As a server does that doesn't know yet how much there will be.
        is_chunked = self.command != "HEAD" and len(data) > 2000
        if is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if not is_chunked:
            self.wfile.write(data)
            return
        for start in range(0, len(data), 1500):
            part = data[start:start + 1500]
            self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_call


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("http.port", "0")))
    parser.add_argument("--password", default=os.environ.get("ELASTIC_PASSWORD", ""))
    parser.add_argument("--flavor", default="elasticsearch", choices=["elasticsearch", "opensearch"])
    parser.add_argument("--stays", action="store_true", help="outlive the standard input")
    options = parser.parse_args()
    if not options.password:
        sys.exit("a password is needed")
    listener = ThreadingHTTPServer((options.host, options.port), Handler)
    listener.daemon_threads = True
    listener.search = Server("admin" if options.flavor == "opensearch" else "elastic", options.password)
    listener.search.scroll_sizes = {}
    print(listener.server_address[1], flush=True)
    if options.stays:
        listener.serve_forever()
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
