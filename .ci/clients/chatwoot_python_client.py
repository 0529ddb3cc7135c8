"""The contact calls of the Python package chatwoot-python-client."""

import os

import chatwoot_client
from chatwoot_client import apis, models
from report import Report, same

NO_TOKEN = "fails: the path needs a token, which the package does not send on it"
PUBLIC = ["create_a_contact", "get_details_of_a_contact", "update_a_contact"]
REASONS = {f"contacts_api_api.{name}": NO_TOKEN for name in PUBLIC}

configuration = chatwoot_client.Configuration()
configuration.host = os.environ["BASE"]
configuration.api_key["api_access_token"] = os.environ["TOKEN"]
api = chatwoot_client.ApiClient(configuration)
account, inbox = 1, int(os.environ["INBOX"])
report = Report("chatwoot-python-client", REASONS)
contacts, contact, public = apis.ContactsApi(api), apis.ContactApi(api), apis.ContactsAPIApi(api)


def raw(action):
    """The answer as JSON. The models of the package have fields that differ from the product's answers."""
    import json

    return json.loads(action(_preload_content=False).data)


new = models.ContactCreate(inbox_id=inbox, name="Client Contact", email="client@example.com", phone_number="+33611110002")
made = report.call("contacts_api.contact_create", lambda: raw(lambda **more: contacts.contact_create(new, account, **more)))
one = made["payload"]["contact"]["id"]
report.call("contacts_api.contact_list", lambda: contacts.contact_list(account, page=1))
report.call("contacts_api.contact_details", lambda: contacts.contact_details(account, one))
report.call("contacts_api.contact_update", lambda: contacts.contact_update(models.ContactUpdate(name="Client Two"), account, one))
found = lambda **more: contacts.contact_search(account, q="client@example.com", **more)
report.call("contacts_api.contact_search", lambda: same([item["id"] for item in raw(found)["payload"]], [one]))
condition = {"attribute_key": "email", "filter_operator": "equal_to", "values": ["client@example.com"], "query_operator": None}
filtered = lambda **more: contacts.contact_filter({"payload": [condition]}, account, **more)
report.call("contacts_api.contact_filter", lambda: same([item["id"] for item in raw(filtered)["payload"]], [one]))
report.call("contacts_api.contact_conversations", lambda: contacts.contact_conversations(account, one))
report.call("contact_api.contactable_inboxes_get", lambda: contact.contactable_inboxes_get(account, one))
report.call("contact_api.contact_inbox_creation", lambda: contact.contact_inbox_creation({"inbox_id": inbox}, account, one))
attributes = apis.CustomAttributesApi(api)
report.call("custom_attributes_api.get_account_custom_attribute", lambda: attributes.get_account_custom_attribute(account, "1"))
report.call("inboxes_api.list_all_inboxes", lambda: apis.InboxesApi(api).list_all_inboxes(account))
person = {"name": "Client Public", "email": "client-public@example.com", "identifier": "client-public"}
visitor = lambda **more: public.create_a_contact(person, str(inbox), **more)
source = report.call("contacts_api_api.create_a_contact", lambda: raw(visitor)["source_id"])
report.call("contacts_api_api.get_details_of_a_contact", lambda: public.get_details_of_a_contact(str(inbox), source or "none"))
report.call("contacts_api_api.update_a_contact", lambda: public.update_a_contact({"name": "Client Seen"}, str(inbox), source or "none"))
report.call("contacts_api.contact_delete", lambda: contacts.contact_delete(account, one))
report.end()
