"""Adds to a contract what it is silent about, for schemathesis: see src/dialect/federation/mod.rs. And makes relative
references of what it calls URIs: its own example of a page's neighbour, `?after=…`, is none.

    silent.py CONTRACT > COPY
"""

import sys

import yaml

contract = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
problem = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
silent = {
    "400": "What breaks the schema, or names a network that is not known.",
    "401": "No token, or a permission that lacks.",
}
for path in contract["paths"].values():
    for method, operation in path.items():
        if method != "parameters":
            for status, description in silent.items():
                operation["responses"].setdefault(status, {"description": description, "content": problem})


def relative(node):
    if isinstance(node, dict):
        if node.get("format") == "uri":
            node["format"] = "uri-reference"
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            relative(child)


relative(contract)
yaml.safe_dump(contract, sys.stdout, sort_keys=False, allow_unicode=True)
