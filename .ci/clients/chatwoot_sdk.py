"""The contact calls of the Python package chatwoot-sdk."""

import os

from chatwoot import ChatwootClient
from report import Report, same

REASONS = {}

client = ChatwootClient(os.environ["BASE"], os.environ["TOKEN"])
account, inbox = 1, int(os.environ["INBOX"])
report = Report("chatwoot-sdk (Python)", REASONS)
contacts = client.contacts


def create(name, email, **more):
    return contacts.create(account, inbox_id=inbox, name=name, email=email, **more).contact


def created():
    made = create("Sdk Contact", "sdk@example.com", phone_number="+33611110001", identifier="sdk-1")
    same((made.name, made.phone_number), ("Sdk Contact", "+33611110001"))
    return made


one = report.call("contacts.create", created)
report.call("contacts.list", lambda: same(len(contacts.list(account)), 15))
report.call("contacts.get", lambda: same(contacts.get(account, one.id).email, "sdk@example.com"))
report.call("contacts.update", lambda: same(contacts.update(account, one.id, name="Sdk Two").name, "Sdk Two"))
report.call("contacts.search", lambda: same([found.id for found in contacts.search(account, "sdk@example.com")], [one.id]))
report.call("contacts.labels.add", lambda: same(contacts.labels.add(account, one.id, ["vip"]), ["vip"]))
report.call("contacts.labels.list", lambda: same(contacts.labels.list(account, one.id), ["vip"]))
report.call("contacts.conversations", lambda: same(contacts.conversations(account, one.id), []))
report.call("contacts.contactable_inboxes", lambda: contacts.contactable_inboxes(account, one.id)[0]["source_id"])
other = create("Sdk Other", "sdk-other@example.com")
report.call("contacts.merge", lambda: same(contacts.merge(account, one.id, other.id).id, one.id))
report.call("contacts.delete", lambda: same(contacts.delete(account, one.id), None))
report.end()
