"""Every call of a client that openapi-generator makes from the description of Symphony Federation."""

import os

import symphony_federation as symphony
from report import Report, same

configuration = symphony.Configuration(host=os.environ["BASE"], access_token=os.environ["TOKEN"])
api = symphony.ApiClient(configuration)
advisor, other, email = (os.environ[name] for name in ("ADVISOR", "OTHER", "EMAIL"))
network = "WHATSAPP"
report = Report("openapi-generator, Symphony", {})
contacts, search, blocks = symphony.ContactApi(api), symphony.SearchApi(api), symphony.BlockApi(api)
entitlements, permissions, groups = symphony.EntitlementApi(api), symphony.PermissionApi(api), symphony.GroupApi(api)


def new(phone, name):
    return symphony.AddContact(
        first_name=name, last_name="Client", company_name="Acme", email_address=f"{name}@example.com".lower(), phone_number=phone,
        external_network=network, onboarder_email_address=email,
    )


def refused(action, status):
    """The client reads the declared error of a call that cannot succeed here."""
    try:
        action()
    except symphony.ApiException as error:
        same(error.status, status)
        return
    raise AssertionError(f"not refused with {status}")


for who in (advisor, other):
    try:
        entitlements.add_entitlement(symphony.AddEntitlement(symphony_id=who, external_network=network))
    except symphony.ApiException as error:
        if "already" not in str(error.body):
            raise
report.call("addEntitlement", lambda: entitlements.add_entitlement(symphony.AddEntitlement(symphony_id=other, external_network="SMS")))
report.call("getCustomerEntitlement", lambda: entitlements.get_customer_entitlement("SMS", advisor_symphony_id=other))
report.call("listEntitlements", entitlements.list_entitlements)
report.call("listEntitledAdvisors", lambda: entitlements.list_entitled_advisors("SMS", list_permissions=True))
report.call("deleteCustomerEntitlement", lambda: entitlements.delete_customer_entitlement("SMS", advisor_symphony_id=other))

one = report.call("addContact", lambda: contacts.add_contact(new("+33622220001", "Zoe")))
same(one.first_name, "Zoe")
report.call("listContacts2", lambda: same(search.list_contacts2(network, phone_number="+33622220001").contacts[0].symphony_id, one.symphony_id))
report.call("getContact", lambda: same(search.get_contact("+33622220001", network).symphony_id, one.symphony_id))
changed = symphony.UpdateContact(
    first_name="Zoé", last_name="Client", company_name="Acme", phone_number="+33622220001", advisor_symphony_id=advisor,
)
report.call("updateContactsv2", lambda: same(contacts.update_contactsv2(one.symphony_id, changed).first_name, "Zoé"))
report.call("findAdvisorsv2", lambda: same(search.find_advisorsv2(one.symphony_id).advisors[0].symphony_id, advisor))
report.call("findContactsOfAdvisorv2", lambda: search.find_contacts_of_advisorv2(advisor, network))
report.call("searchContacts", lambda: search.search_contacts(network, "zoé"))
report.call("searchCompanies", lambda: search.search_companies("Acm"))
report.call("copyContact", lambda: refused(lambda: contacts.copy_contact(one.symphony_id), 409))
report.call("resendInvite", lambda: refused(lambda: contacts.resend_invite(one.symphony_id, advisor), 400))

numbers = [{"phoneNumber": "+33622220009", "reason": "SPAM"}]
direct = symphony.AddEntitlement(symphony_id=advisor, external_network="WHATSAPP-DIRECT")
try:
    entitlements.add_entitlement(direct)
except symphony.ApiException as error:
    if "already" not in str(error.body):
        raise
block = symphony.BlockPhoneNumbersv2Request.from_dict({"phoneNumbers": numbers})
report.call("blockPhoneNumbersv2", lambda: same(blocks.block_phone_numbersv2(advisor, block).phone_numbers[0].status, 200))
report.call("getBlockPhoneNumbersv2", lambda: blocks.get_block_phone_numbersv2(advisor))
report.call("unblockPhoneNumbersv2", lambda: blocks.unblock_phone_numbersv2(advisor, ["+33622220009"]))

report.call("listPermissions", permissions.list_permissions)
report.call("listEmpPermissions", lambda: permissions.list_emp_permissions(network))
held = lambda: permissions.list_advisor_permissions_by_symphony_id(other, network).permissions
name = "admin:list-customers"
report.call("listAdvisorPermissionsBySymphonyId", held)
if any(permission.permission_name == name for permission in held()):
    permissions.remove_permission_by_symphony_idv2(other, network, name)
wanted = symphony.AddPermissionBySymphonyIdRequest(permission_name=name)
report.call("addPermissionBySymphonyId", lambda: permissions.add_permission_by_symphony_id(other, network, wanted))
report.call("removePermissionBySymphonyIdv2", lambda: permissions.remove_permission_by_symphony_idv2(other, network, name))
many = symphony.AddPermissionToMultipleAdvisorRequest(advisor_symphony_ids=[other], external_network=network, permission_name=name)
report.call("addPermissionToMultipleAdvisor", lambda: permissions.add_permission_to_multiple_advisor(many))

report.call("listTenantFederationGroups", groups.list_tenant_federation_groups)
move = symphony.GroupTarget(move_to_default=True)
report.call("updateAdvisorFederationGroup", lambda: groups.update_advisor_federation_group(advisor, network, move))
member = symphony.GroupMember(symphony_id=advisor, external_network=network)
bulk = symphony.BulkUpdateAdvisorsFederationGroupRequest.from_dict({"request": [member.to_dict()]})
report.call("bulkUpdateAdvisorsFederationGroup", lambda: groups.bulk_update_advisors_federation_group(bulk))

by_email = symphony.AddPermissionBySymphonyIdRequest(permission_name=name)
report.call("findContacts", lambda: same(search.find_contacts(network, one.email_address).symphony_id, one.symphony_id))
report.call("findAdvisors", lambda: search.find_advisors(one.email_address, network))
report.call("findContactsOfAdvisor", lambda: search.find_contacts_of_advisor(email, network))
report.call("findAdvisor", lambda: same(search.find_advisor(network, advisor_email_address=email).symphony_id, advisor))
report.call("listAdvisorPermissionsByEmail", lambda: permissions.list_advisor_permissions_by_email(email, network))
if any(held.permission_name == name for held in permissions.list_advisor_permissions_by_email(email, network).permissions):
    permissions.remove_permission_by_email(email, network, name)
report.call("addPermissionByEmail", lambda: permissions.add_permission_by_email(email, network, by_email))
report.call("removePermissionByEmail", lambda: permissions.remove_permission_by_email(email, network, name))
report.call(
    "getCustomerEntitlementBySymphonyId",
    lambda: same(entitlements.get_customer_entitlement_by_symphony_id(advisor, network).symphony_id, advisor),
)
first = symphony.BlockPhoneNumbersv2Request.from_dict({"phoneNumbers": numbers})
report.call("blockPhoneNumbers", lambda: blocks.block_phone_numbers(advisor, first))
report.call("getBlockPhoneNumbers", lambda: blocks.get_block_phone_numbers(advisor))
report.call("unblockPhoneNumbers", lambda: blocks.unblock_phone_numbers(advisor, ["+33622220009"]))
four = contacts.add_contact(new("+33622220004", "Ida"))
report.call("deleteContact", lambda: contacts.delete_contact(email, four.email_address, network))

two, three = contacts.add_contact(new("+33622220002", "Max")), contacts.add_contact(new("+33622220003", "Lea"))
report.call("deleteContactv2", lambda: contacts.delete_contactv2(one.symphony_id, advisor))
report.call(
    "deleteContactsBySymphonyIdAndExternalNetworkv2",
    lambda: same(contacts.delete_contacts_by_symphony_id_and_external_networkv2(two.symphony_id).report[0].status, "SUCCESS"),
)
link = {"advisorSymphonyId": advisor, "contactSymphonyId": three.symphony_id}
removal = symphony.DeleteContactsv2Request.from_dict({"contacts": [link]})
report.call("deleteContactsv2", lambda: same(contacts.delete_contactsv2(removal).report[0].status, "SUCCESS"))
report.call("deleteAdvisorContactsv2", lambda: contacts.delete_advisor_contactsv2(advisor))
report.call(
    "deleteCustomerEntitlementBySymphonyId", lambda: entitlements.delete_customer_entitlement_by_symphony_id(other, network)
)
report.end()
