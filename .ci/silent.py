"""Adds the responses that a contract does not declare, for schemathesis: see crates/cardex-http/src/*/mod.rs.

It also changes `uri` to `uri-reference`: Symphony's own example of a next page, `?after=…`, is no URI. It drops forms
from Chatwoot's contract, because every value is valid as text, and the type of a flag that accepts any value. An optional property
may be null, which means that it is absent.

    silent.py CONTRACT > COPY
"""

import sys

import yaml

contract = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
shape = "Problem" if "Problem" in contract["components"]["schemas"] else "Error"
problem = {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape}"}}}
silent = {
    "400": "What breaks the schema, or names a network that is not known.",
    "401": "No token, or a permission that lacks.",
}
if shape == "Error":
    silent["422"] = "What breaks the schema."
for path in contract["paths"].values():
    for method, operation in path.items():
        if method != "parameters" and "default" not in operation["responses"]:
            for status, description in silent.items():
                operation["responses"].setdefault(status, {"description": description, "content": problem})


def relative(node):
    if isinstance(node, dict):
        if node.get("format") == "uri":
            node["format"] = "uri-reference"
        for name, schema in (node.get("properties") or {}).items():
            if name not in node.get("required", []) and "$ref" not in schema:
                schema["nullable"] = True
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            relative(child)


relative(contract)
for body in contract["components"].get("requestBodies", {}).values():
    body["content"].pop("multipart/form-data", None)
flag = contract["components"]["parameters"].get("include_contact_inboxes")
if flag:
    flag["schema"] = {"type": "string"}
    # Any text is a page: one that is no number is the first.
    contract["components"]["parameters"]["page"]["schema"] = {"type": "string"}
yaml.safe_dump(contract, sys.stdout, sort_keys=False, allow_unicode=True)
