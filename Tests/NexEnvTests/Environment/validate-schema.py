#!/usr/bin/env python3
"""Checks YAML files against a JSON Schema: validate-schema.py SCHEMA FILE...

Prints one JSON object: for each file the list of its problems, empty for a valid one.
Needs Debian's python3-jsonschema and python3-yaml (scripts/bootstrap --test).
"""
import json
import sys

import jsonschema
import yaml

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
problems = {}
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    problems[path] = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
json.dump(problems, sys.stdout)
