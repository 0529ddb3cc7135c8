"""The contact calls of the Python package simple-chatwoot."""

import os

from report import Report, same
from simple_chatwoot import ChatWoot

client = ChatWoot(os.environ["BASE"], os.environ["TOKEN"], "1", os.environ["INBOX"])
report = Report("simple-chatwoot", {})
report.call("create_contact", lambda: same(bool(client.create_contact("Simple One", "simple@example.com", "+33611110003", "simple-1")), True))
found = lambda: [item["email"] for item in client.search_contacts("simple@example.com")["payload"]]
report.call("search_contacts", lambda: same(found(), ["simple@example.com"]))
report.end()
