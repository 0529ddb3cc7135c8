//! Every operation of an advisor with every set of permissions, in a tenant that requires entitlement.

use crate::architecture::sources;
use crate::permissions_contacts::{contacts, duplicates, federation, links, lists};
use crate::permissions_directory::{administration, blocks, conversations, directory, entitlements};
use crate::permissions_records::{attributes, identities, imports, jobs, notes, tags};
use crate::support::{SMS, new, open_store};
use Needs::{Administrator, All};
use cardex::contacts::ImportOutcome;
use cardex::directory::TenantPolicy;
use cardex::entitlements::Permission::{EditContact, ListCustomers};
use cardex::entitlements::{NewEntitlement, Permission, Permissions};
use cardex::{
    Actor, AdvisorId, Contact, ContactId, ContactPatch, Error, Network, NewAdvisor, Result, Session,
};
use std::collections::BTreeSet;

/// An advisor with an own contact and a contact shared with a colleague, who also has an own contact.
pub(crate) struct Fixture {
    pub(crate) session: Session,
    pub(crate) own: Session,
    pub(crate) me: AdvisorId,
    pub(crate) colleague: AdvisorId,
    pub(crate) mine: ContactId,
    pub(crate) ours: ContactId,
    pub(crate) theirs: ContactId,
}

pub(crate) const MINE: &str = "+33612345601";

pub(crate) const THEIRS: &str = "+33612345602";

pub(crate) fn fixture() -> Fixture {
    let (store, session) = open_store();
    session.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    let [me, colleague] = ["me@x", "c@x"].map(|email| {
        session.directory().add_advisor(NewAdvisor::new("Ada", "Byron").email(email)).unwrap().id
    });
    let mine = session.add(new("Mia", "Mine").phone(MINE).advisor(me)).unwrap().id;
    let ours = session.add(new("Otto", "Ours").advisor(me).advisor(colleague)).unwrap().id;
    let theirs = session.add(new("Theo", "Theirs").phone(THEIRS).advisor(colleague)).unwrap().id;
    for (advisor, phone) in [(me, "+33612345603"), (colleague, "+33612345604")] {
        session.entitlements().add(NewEntitlement::new(SMS).advisor(advisor).phone(phone)).unwrap();
    }
    Fixture { own: store.session(Actor::Advisor(me)), session, me, colleague, mine, ours, theirs }
}

/// The requirement of an operation.
pub(crate) enum Needs {
    /// All of these. Without one, the result is the code of the first missing permission.
    All(Vec<(Permission, &'static str)>),
    /// Only administrators.
    Administrator,
}

pub(crate) const NOTHING: Needs = All(Vec::new());

/// An advisor without this permission does not see a colleague's contact.
pub(crate) const TO_SEE: (Permission, &str) = (ListCustomers, "no-contact");

pub(crate) const fn missing(permission: Permission) -> (Permission, &'static str) {
    (permission, "forbidden")
}

pub(crate) fn all<const N: usize>(needed: [(Permission, &'static str); N]) -> Needs {
    All(needed.into())
}

pub(crate) fn needs_visibility() -> Needs {
    all([TO_SEE])
}

/// An operation of [`Session`], a variant, its requirement, and the call. The call undoes its changes.
pub(crate) type Row = (&'static str, &'static str, Needs, fn(&Fixture) -> Result<()>);

/// Every operation, with its requirement in each variant.
pub(crate) fn table() -> Vec<Row> {
    let mut rows = contacts();
    rows.extend(duplicates());
    rows.extend(links());
    rows.extend(federation());
    rows.extend(lists());
    rows.extend(directory());
    rows.extend(entitlements());
    rows.extend(blocks());
    rows.extend(conversations());
    rows.extend(tags());
    rows.extend(imports());
    rows.extend(jobs());
    rows.extend(attributes());
    rows.extend(notes());
    rows.extend(identities());
    rows.extend(administration());
    rows
}

/// Deletes what a call has added.
pub(crate) fn clear(s: &Fixture) -> Result<()> {
    let known = [s.mine, s.ours, s.theirs];
    for contact in s.session.contacts().iter().collect::<Result<Vec<Contact>>>()? {
        if !known.contains(&contact.id) {
            s.session.purge(contact.id)?;
        }
    }
    Ok(())
}

pub(crate) fn refusal(outcome: &ImportOutcome) -> Result<()> {
    match outcome {
        ImportOutcome::Rejected(Error::Forbidden(why)) => Err(Error::Forbidden(why)),
        ImportOutcome::Added(_) => Ok(()),
        other => panic!("neither added nor forbidden: {other:?}"),
    }
}

/// Functions of [`Session`] that do not read the store.
pub(crate) const SETTERS: [&str; 10] = [
    "in_tenant",
    "as_agent",
    "origin",
    "interrupted_by",
    "deadline",
    "distinct_methods",
    "cancellation",
    "actor",
    "now",
    "is_phone",
];

#[test]
fn every_operation_requires_its_permissions() {
    let fixture = fixture();
    let rows = table();
    for permission in Permissions::DEFAULT.iter() {
        fixture.session.entitlements().revoke(fixture.me, &SMS, permission).unwrap();
    }
    let mut held = Permissions::NONE;
    let mut done = vec![0_usize; rows.len()];
    // Gray code: consecutive sets differ in one permission, and 512 steps visit all of them.
    for step in 1..=512_u32 {
        for ((operation, what, needs, call), done) in rows.iter().zip(&mut done) {
            let expected = match needs {
                Administrator => "forbidden",
                All(needed) => {
                    let lacking = needed.iter().find(|(permission, _)| !held.contains(*permission));
                    lacking.map_or("ok", |(_, code)| *code)
                }
            };
            // Writes are slow, so every seventh permitted call is made.
            if expected == "ok" {
                *done += 1;
                if *done % 7 != 1 {
                    continue;
                }
            }
            let reported = call(&fixture).err().map_or("ok", |error| error.code());
            assert_eq!(reported, expected, "{operation}, {what}, with {held:?}");
        }
        let Some(permission) = Permission::ALL.get(step.trailing_zeros() as usize) else { continue };
        if held.contains(*permission) {
            fixture.session.entitlements().revoke(fixture.me, &SMS, *permission).unwrap();
            held = held.without(*permission);
        } else {
            fixture.session.entitlements().grant(fixture.me, &SMS, *permission).unwrap();
            held = held.with(*permission);
        }
    }
    for ((operation, what, needs, _), done) in rows.iter().zip(done) {
        assert!(done > 0 || matches!(needs, Administrator), "{operation}, {what}: never allowed");
    }
}

/// Operations that [`crate::unseen`] does not compare: they answer with the record that they change, with records of the tenant or
/// the book that all its actors see, or to the system only.
const NOT_COMPARED: [&str; 112] = [
    "add",
    "add_many",
    "attributes.add",
    "attributes.delete",
    "attributes.edit",
    "blocked_numbers.block",
    "blocked_numbers.of_advisor",
    "blocked_numbers.of_tenant",
    "blocked_numbers.set_for_tenant",
    "blocked_numbers.unblock",
    "channels.add",
    "channels.delete_identity",
    "channels.edit",
    "channels.edit_identity",
    "channels.find_or_create_identity",
    "conversations.add",
    "conversations.add_member",
    "conversations.delete",
    "conversations.move_to_group",
    "conversations.remove_member",
    "copy_to_tenant",
    "directory.add_advisor",
    "directory.add_advisors",
    "directory.add_group",
    "directory.add_network",
    "directory.add_pooled_numbers",
    "directory.add_tenant",
    "directory.advisor",
    "directory.advisors",
    "directory.group_list",
    "directory.groups",
    "directory.networks",
    "directory.pooled_numbers",
    "directory.remove_pooled_number",
    "directory.set_network_open",
    "directory.set_tenant_policy",
    "directory.tenant",
    "directory.tenant_networks",
    "directory.tenants",
    "edit",
    "entitlements.add",
    "entitlements.get",
    "entitlements.grant",
    "entitlements.grant_to_many",
    "entitlements.list",
    "entitlements.move_many_to_groups",
    "entitlements.move_to_group",
    "entitlements.permissions",
    "entitlements.revoke",
    "entitlements.withdraw",
    "events.declare",
    "events.fire",
    "events.get",
    "events.undeclare",
    "find_or_create",
    "forget_not_duplicates",
    "funnels.add",
    "funnels.delete",
    "funnels.join",
    "funnels.leave",
    "imports.begin",
    "imports.delete",
    "imports.get",
    "imports.list",
    "imports.undo_batch",
    "jobs.cancel",
    "jobs.create",
    "jobs.delete",
    "jobs.failures",
    "jobs.get",
    "link",
    "mark_active",
    "merge",
    "not_duplicates",
    "notes.add",
    "notes.delete",
    "notes.edit",
    "notes.get",
    "onboarding.confirm_invitation",
    "onboarding.edit",
    "onboarding.offboard",
    "onboarding.offboard_advisor",
    "onboarding.offboard_contact",
    "onboarding.onboard",
    "onboarding.resend_invitation",
    "outbox.acknowledge",
    "outbox.pending",
    "outbox.pending_after",
    "outbox.record_attempt",
    "purge",
    "remove",
    "restore",
    "saved_filters.add",
    "saved_filters.delete",
    "saved_filters.edit",
    "saved_filters.get",
    "saved_filters.of_kind",
    "set_photo",
    "stats",
    "subscribe",
    "substring_index.build",
    "substring_index.drop",
    "substring_index.status",
    "tags.add",
    "tags.attach",
    "tags.delete",
    "tags.detach",
    "tags.edit",
    "tags.set",
    "unlink",
    "unmerge",
    "update",
];

/// An operation that reads contacts or their records is compared between books that differ in what the actor does not see.
#[test]
fn every_operation_that_reads_is_compared() {
    let compared = crate::unseen_reads::READS.iter().map(|(operation, _)| *operation);
    let known: BTreeSet<_> = compared.chain(NOT_COMPARED).collect();
    let operations: BTreeSet<_> = table().iter().map(|(operation, ..)| *operation).collect();
    let missing: Vec<_> = operations.difference(&known).collect();
    assert!(missing.is_empty(), "compare these operations in `unseen_reads.rs`, or list them: {missing:?}");
    let gone: Vec<_> = known.difference(&operations).collect();
    assert!(gone.is_empty(), "not in `table`: {gone:?}");
}

#[test]
fn every_operation_is_in_the_table() {
    // `Session` and its handles, with the prefix in the table.
    let handles = [
        ("Session", ""),
        ("Attributes", "attributes."),
        ("BlockedNumbers", "blocked_numbers."),
        ("Channels", "channels."),
        ("Conversations", "conversations."),
        ("Directory", "directory."),
        ("Entitlements", "entitlements."),
        ("Events", "events."),
        ("Funnels", "funnels."),
        ("Imports", "imports."),
        ("Jobs", "jobs."),
        ("Notes", "notes."),
        ("Onboarding", "onboarding."),
        ("Outbox", "outbox."),
        ("SavedFilters", "saved_filters."),
        ("SubstringIndex", "substring_index."),
        ("Tags", "tags."),
    ];
    let mut operations = BTreeSet::new();
    for source in sources().into_iter().filter(|source| !source.is("src/session.rs")) {
        let mut inside = None;
        for (_, line) in source.code() {
            if line == "}" {
                inside = None;
            } else if let Some(head) = line.strip_prefix("impl").and_then(|rest| rest.strip_suffix(" {")) {
                let head = head.trim_start_matches("<'s>").trim_start();
                let name = head.split('<').next().unwrap();
                inside = handles.iter().find(|(handle, _)| *handle == name).map(|(_, prefix)| *prefix);
            }
            let line = line.trim_start();
            let name = line.strip_prefix("pub fn ").or_else(|| line.strip_prefix("pub const fn "));
            if let (Some(prefix), Some(name)) = (inside, name) {
                operations.insert(format!("{prefix}{}", name.split(['(', '<']).next().unwrap()));
            }
        }
    }
    assert!(operations.len() > 40, "the operations are found: {operations:?}");
    let known = table().iter().map(|(operation, ..)| *operation).chain(SETTERS).map(str::to_owned).collect();
    let missing: Vec<_> = operations.difference(&known).collect();
    assert!(missing.is_empty(), "add these operations to `table`: {missing:?}");
    let gone: Vec<_> = known.difference(&operations).collect();
    assert!(gone.is_empty(), "not operations of `Session`: {gone:?}");
}

/// An update that skips forbidden fields checks each field on its own.
#[test]
fn an_update_skips_forbidden_fields() {
    use cardex::ContactUpdate;
    use cardex::contacts::UpdateTarget;
    use cardex::entitlements::Permissions;
    let (store, session) = open_store();
    session.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    let network = Network::new("SIGNAL").unwrap();
    session
        .directory()
        .add_network(
            &cardex::directory::NetworkPolicy::new(network.clone()).default_permissions(Permissions::NONE),
        )
        .unwrap();
    let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "").email("ada@x")).unwrap().id;
    session
        .entitlements()
        .add(NewEntitlement::new(network.clone()).advisor(ada).permissions([EditContact]))
        .unwrap();
    let bea = session.add(cardex::NewContact::new(network, "Bea", "Birch").advisor(ada)).unwrap().id;
    let patch = ContactPatch::new().company("Acme").emails(["bea@x.org"]);
    let done =
        store.session(Actor::Advisor(ada)).update(bea, ContactUpdate::new(patch).skip_invalid()).unwrap();
    assert_eq!(done.applied, [UpdateTarget::Field(cardex::Field::Company)]);
    assert_eq!(done.skipped.len(), 1);
    assert_eq!(
        (&done.skipped[0].0, done.skipped[0].1.code()),
        (&UpdateTarget::Field(cardex::Field::Email), "forbidden")
    );
    assert!(done.contact.emails.is_empty());
}
