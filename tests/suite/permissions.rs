//! Every operation of an advisor with every set of permissions, in a tenant that requires entitlement.

use std::collections::BTreeSet;

use cardex::attributes::AttributeNamespace::Custom;
use cardex::attributes::{AttributeId, AttributeKind, AttributePatch, NewAttribute};
use cardex::blocking::{BlockReason, NewBlockedNumber};
use cardex::channels::{ChannelIdentityPatch, ChannelPatch};
use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::conversations::{ConversationKind, NewConversation};
use cardex::directory::{NetworkPolicy, TenantPolicy};
use cardex::entitlements::Permission::{
    AddMultiCompanyContact, CreateContact, CreateRoom, DeleteContact, EditContact, EditContactEmail,
    ListCustomers, OnBehalfOffboard, OnBehalfOnboard,
};
use cardex::entitlements::{GroupMove, NewEntitlement, Permission, Permissions};
use cardex::events::NewEvent;
use cardex::jobs::{JobAction, JobId, JobOutcome, NewJob};
use cardex::onboarding::{NewOnboarding, OffboardResult, OffboardStatus, OnboardingDetails};
use cardex::tags::{TagId, TagPatch, UnknownTagPolicy};
use cardex::{
    Actor, AdvisorId, Contact, ContactId, ContactPatch, ContactUpdate, Error, Network, NewAdvisor, Page,
    Result, RuleViolation, Session,
};

use crate::architecture::sources;
use crate::support::{SMS, new, open_store};

/// An advisor with an own contact and a contact shared with a colleague, who also has an own contact.
struct Fixture {
    session: Session,
    own: Session,
    me: AdvisorId,
    colleague: AdvisorId,
    mine: ContactId,
    ours: ContactId,
    theirs: ContactId,
}

const MINE: &str = "+33612345601";
const THEIRS: &str = "+33612345602";

fn fixture() -> Fixture {
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
enum Needs {
    /// All of these. Without one, the result is the code of the first missing permission.
    All(Vec<(Permission, &'static str)>),
    /// Only administrators.
    Administrator,
}
use Needs::{Administrator, All};

const NOTHING: Needs = All(Vec::new());
/// An advisor without this permission does not see a colleague's contact.
const TO_SEE: (Permission, &str) = (ListCustomers, "no-contact");

const fn missing(permission: Permission) -> (Permission, &'static str) {
    (permission, "forbidden")
}

fn all<const N: usize>(needed: [(Permission, &'static str); N]) -> Needs {
    All(needed.into())
}

fn needs_visibility() -> Needs {
    all([TO_SEE])
}

/// An operation of [`Session`], a variant, its requirement, and the call. The call undoes its changes.
type Row = (&'static str, &'static str, Needs, fn(&Fixture) -> Result<()>);

/// Every operation, with its requirement in each variant.
fn table() -> Vec<Row> {
    let mut rows = contacts();
    rows.extend(links());
    rows.extend(federation());
    rows.extend(lists());
    rows.extend(directory());
    rows.extend(entitlements());
    rows.extend(blocks());
    rows.extend(conversations());
    rows.extend(tags());
    rows.extend(jobs());
    rows.extend(attributes());
    rows.extend(notes());
    rows.extend(identities());
    rows.extend(administration());
    rows
}

/// Deletes what a call has added.
fn clear(s: &Fixture) -> Result<()> {
    let known = [s.mine, s.ours, s.theirs];
    for contact in s.session.contacts().iter().collect::<Result<Vec<Contact>>>()? {
        if !known.contains(&contact.id) {
            s.session.purge(contact.id)?;
        }
    }
    Ok(())
}

fn refusal(outcome: &ImportOutcome) -> Result<()> {
    match outcome {
        ImportOutcome::Rejected(Error::Forbidden(why)) => Err(Error::Forbidden(why)),
        ImportOutcome::Added(_) => Ok(()),
        other => panic!("neither added nor forbidden: {other:?}"),
    }
}

fn contacts() -> Vec<Row> {
    vec![
        ("add", "for oneself", all([missing(CreateContact)]), |s| {
            s.own.add(new("Bea", "Birch"))?;
            clear(s)
        }),
        ("add", "for a colleague too", all([missing(CreateContact), missing(OnBehalfOnboard)]), |s| {
            s.own.add(new("Bea", "Birch").advisor(s.colleague))?;
            clear(s)
        }),
        ("find_or_create", "an existing contact", NOTHING, |s| {
            s.own.find_or_create(new("", "").phone(MINE)).map(drop)
        }),
        ("find_or_create", "a new contact", all([missing(CreateContact)]), |s| {
            s.own.find_or_create(new("Bea", "").identifier("x", "1"))?;
            clear(s)
        }),
        ("add_many", "for oneself", all([missing(CreateContact)]), |s| {
            let mut reported = Ok(());
            s.own.add_many([new("Bea", "Birch")], AddManyOptions::new(), |_, outcome| {
                reported = refusal(&outcome);
            })?;
            clear(s)?;
            reported
        }),
        ("edit", "the company", all([missing(EditContact)]), |s| {
            s.own.edit(s.mine, ContactPatch::new().company("Acme")).map(drop)
        }),
        ("edit", "an e-mail address", all([missing(EditContact), missing(EditContactEmail)]), |s| {
            s.own.edit(s.mine, ContactPatch::new().emails(["mia@example.com"])).map(drop)
        }),
        ("edit", "a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            s.own.edit(s.theirs, ContactPatch::new().company("Acme")).map(drop)
        }),
        ("mark_active", "one's own", NOTHING, |s| s.own.mark_active(s.mine, cardex::Timestamp(1))),
        ("mark_active", "a colleague's contact", needs_visibility(), |s| {
            s.own.mark_active(s.theirs, cardex::Timestamp(1))
        }),
        ("remove", "one's own", all([missing(DeleteContact)]), |s| {
            s.own.remove(s.mine)?;
            s.session.restore(s.mine).map(drop)
        }),
        ("remove", "what a colleague has too", Administrator, |s| s.own.remove(s.ours)),
        ("remove", "a colleague's contact", Administrator, |s| match s.own.remove(s.theirs) {
            // Without visibility the contact does not exist.
            Err(Error::NoContact(_)) => Err(Error::Forbidden("not seen")),
            done => done,
        }),
        ("restore", "one's own", all([missing(DeleteContact)]), |s| {
            s.session.remove(s.mine)?;
            let done = s.own.restore(s.mine);
            s.session.restore(s.mine)?;
            done.map(drop)
        }),
        ("purge", "one's own", Administrator, |s| s.own.purge(s.mine)),
        ("merge", "one's own", all([missing(EditContact), missing(DeleteContact)]), |s| {
            let twin = s.session.add(new("Mia", "Twin").advisor(s.me))?.id;
            let done = s.own.merge(s.mine, twin, cardex::contacts::MergeOptions::new());
            if let Ok(merged) = &done {
                s.session.unmerge(merged.merge)?;
            }
            s.session.purge(twin)?;
            done.map(drop)
        }),
        ("merge", "with a colleague's", all([missing(EditContact), missing(DeleteContact), TO_SEE]), |s| {
            let done = s.own.merge(s.ours, s.theirs, cardex::contacts::MergeOptions::new())?;
            s.session.unmerge(done.merge).map(drop)
        }),
        ("unmerge", "one's own", all([missing(EditContact), missing(DeleteContact)]), |s| {
            let twin = s.session.add(new("Mia", "Twin").advisor(s.me))?.id;
            let merger = s.session.merge(s.mine, twin, cardex::contacts::MergeOptions::new())?.merge;
            let done = s.own.unmerge(merger);
            if done.is_err() {
                s.session.unmerge(merger)?;
            }
            s.session.purge(twin)?;
            done.map(drop)
        }),
        ("survivor", "one's own", NOTHING, |s| s.own.survivor(s.mine).map(drop)),
        ("survivor", "a colleague's contact", needs_visibility(), |s| s.own.survivor(s.theirs).map(drop)),
        ("merge_history", "one's own", NOTHING, |s| s.own.merge_history(s.mine).map(drop)),
        ("merge_history", "a colleague's contact", needs_visibility(), |s| {
            s.own.merge_history(s.theirs).map(drop)
        }),
    ]
}

fn links() -> Vec<Row> {
    vec![
        ("link", "a colleague", all([missing(OnBehalfOnboard)]), |s| {
            s.own.link(s.mine, s.colleague)?;
            s.session.unlink(s.mine, s.colleague).map(drop)
        }),
        ("link", "oneself to a colleague's contact", all([TO_SEE, missing(CreateContact)]), |s| {
            s.own.link(s.theirs, s.me)?;
            s.session.unlink(s.theirs, s.me).map(drop)
        }),
        ("unlink", "oneself", all([missing(DeleteContact)]), |s| {
            s.own.unlink(s.mine, s.me)?;
            s.session.link(s.mine, s.me).map(drop)
        }),
        ("unlink", "a colleague", all([missing(OnBehalfOffboard), missing(ListCustomers)]), |s| {
            s.own.unlink(s.ours, s.colleague)?;
            s.session.link(s.ours, s.colleague).map(drop)
        }),
    ]
}

/// The common status of an offboarding report.
fn cut(report: &[OffboardResult]) -> Result<()> {
    for removal in report {
        match removal.status {
            OffboardStatus::Success => {}
            OffboardStatus::NotFound => return Err(Error::NoContact(removal.contact)),
            _ => return Err(Error::Forbidden("reported")),
        }
    }
    Ok(())
}

fn federation() -> Vec<Row> {
    const NEW: &str = "+33698765432";
    vec![
        ("onboarding.onboard", "for oneself", all([(CreateContact, "onboarder-not-entitled")]), |s| {
            s.own.onboarding().onboard(&NewOnboarding::new(SMS, "Bea", "Birch", NEW, s.me))?;
            clear(s)
        }),
        (
            "onboarding.onboard",
            "for a colleague",
            all([(CreateContact, "onboarder-not-entitled"), missing(OnBehalfOnboard)]),
            |s| {
                s.own
                    .onboarding()
                    .onboard(&NewOnboarding::new(SMS, "Bea", "Birch", NEW, s.me).advisor(s.colleague))?;
                clear(s)
            },
        ),
        ("onboarding.edit", "the company", all([missing(EditContact)]), |s| {
            s.own.onboarding().edit(s.mine, s.me, &OnboardingDetails::new("Mia", "Mine", MINE)).map(drop)
        }),
        (
            "onboarding.edit",
            "the e-mail address",
            all([missing(EditContact), missing(EditContactEmail)]),
            |s| {
                let details = OnboardingDetails::new("Mia", "Mine", MINE).email("new@example.com");
                s.own.onboarding().edit(s.mine, s.me, &details)?;
                s.session.edit(s.mine, ContactPatch::new().emails(["mia@example.com"])).map(drop)
            },
        ),
        ("onboarding.edit", "a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            s.own
                .onboarding()
                .edit(s.theirs, s.colleague, &OnboardingDetails::new("Theo", "Theirs", THEIRS))
                .map(drop)
        }),
        ("onboarding.resend_invitation", "one's own", all([missing(CreateContact)]), |s| {
            uninvited(s.own.onboarding().resend_invitation(s.mine, s.me))
        }),
        (
            "onboarding.resend_invitation",
            "a colleague's contact",
            all([TO_SEE, missing(CreateContact)]),
            |s| uninvited(s.own.onboarding().resend_invitation(s.theirs, s.colleague)),
        ),
        ("onboarding.confirm_invitation", "for a contact", Administrator, |s| {
            s.own.onboarding().confirm_invitation("X").map(drop)
        }),
        ("onboarding.offboard_contact", "one's own", all([missing(DeleteContact)]), |s| {
            cut(&s.own.onboarding().offboard_contact(s.mine)?)?;
            s.session.link(s.mine, s.me).map(drop)
        }),
        (
            "onboarding.offboard_contact",
            "from a colleague too",
            all([missing(DeleteContact), missing(OnBehalfOffboard), missing(ListCustomers)]),
            |s| {
                cut(&s.own.onboarding().offboard_contact(s.ours)?)?;
                s.session.link(s.ours, s.me)?;
                s.session.link(s.ours, s.colleague).map(drop)
            },
        ),
        ("onboarding.offboard_advisor", "oneself", all([missing(DeleteContact)]), |s| {
            cut(&s.own.onboarding().offboard_advisor(s.me)?)?;
            s.session.link(s.mine, s.me)?;
            s.session.link(s.ours, s.me).map(drop)
        }),
        // This concerns all networks, and permissions are for one network.
        ("onboarding.offboard_advisor", "a colleague", Administrator, |s| {
            s.own.onboarding().offboard_advisor(s.colleague).map(drop)
        }),
        ("onboarding.offboard", "oneself", all([missing(DeleteContact)]), |s| {
            cut(&s.own.onboarding().offboard(&[(s.mine, s.me)])?)?;
            s.session.link(s.mine, s.me).map(drop)
        }),
        ("onboarding.offboard", "a colleague", all([TO_SEE, missing(OnBehalfOffboard)]), |s| {
            cut(&s.own.onboarding().offboard(&[(s.theirs, s.colleague)])?)?;
            s.session.link(s.theirs, s.colleague).map(drop)
        }),
        ("companies", "one's own", NOTHING, |s| s.own.companies("a", 1).map(drop)),
        ("outbox.pending", "the tenant's", Administrator, |s| s.own.outbox().pending(1).map(drop)),
        ("outbox.pending_after", "the tenant's", Administrator, |s| {
            s.own.outbox().pending_after(1, 1).map(drop)
        }),
        ("outbox.record_attempt", "an effect", Administrator, |s| s.own.outbox().record_attempt(1).map(drop)),
        ("outbox.acknowledge", "an effect", Administrator, |s| s.own.outbox().acknowledge(1).map(drop)),
    ]
}

/// The network has no invitations. Callers with the permission get this error.
fn uninvited(done: Result<cardex::onboarding::Invitation>) -> Result<()> {
    match done {
        Err(Error::Rule(RuleViolation::InvitationsNotSupported)) => Ok(()),
        done => done.map(drop),
    }
}

/// Requires that a list contains a contact.
fn require_contained(require_found: impl IntoIterator<Item = ContactId>, wanted: ContactId) -> Result<()> {
    if require_found.into_iter().any(|id| id == wanted) { Ok(()) } else { Err(Error::NoContact(wanted)) }
}

fn require_found(require_found: Option<Contact>, wanted: ContactId) -> Result<()> {
    require_contained(require_found.map(|contact| contact.id), wanted)
}

fn hits(page: Page<cardex::Hit>) -> impl Iterator<Item = ContactId> {
    page.items.into_iter().map(|hit| hit.contact.id)
}

fn listed(page: Page<Contact>) -> impl Iterator<Item = ContactId> {
    page.items.into_iter().map(|contact| contact.id)
}

fn lists() -> Vec<Row> {
    vec![
        ("get", "one's own", NOTHING, |s| require_found(s.own.get(s.mine)?, s.mine)),
        ("get", "a colleague's contact", needs_visibility(), |s| {
            require_found(s.own.get(s.theirs)?, s.theirs)
        }),
        ("card", "one's own", NOTHING, |s| s.own.card(s.mine).map(drop)),
        ("card", "a colleague's contact", needs_visibility(), |s| s.own.card(s.theirs).map(drop)),
        ("find_by_phone", "one's own", NOTHING, |s| {
            require_found(s.own.find_by_phone(&SMS, MINE, None)?, s.mine)
        }),
        ("find_by_phone", "a colleague's contact", needs_visibility(), |s| {
            require_found(s.own.find_by_phone(&SMS, THEIRS, None)?, s.theirs)
        }),
        ("contacts", "one's own", NOTHING, |s| require_contained(listed(s.own.contacts().page()?), s.mine)),
        ("contacts", "the tenant's", needs_visibility(), |s| {
            require_contained(listed(s.own.contacts().network(SMS).page()?), s.theirs)
        }),
        ("contacts", "a colleague's", all([missing(ListCustomers)]), |s| {
            require_contained(listed(s.own.contacts().network(SMS).advisor(s.colleague).page()?), s.theirs)
        }),
        ("contacts", "counted", needs_visibility(), |s| {
            let total = s.own.contacts().network(SMS).total()?;
            if total == 3 { Ok(()) } else { Err(Error::NoContact(s.theirs)) }
        }),
        ("contacts", "the trash", Administrator, |s| s.own.contacts().trash().page().map(drop)),
        ("search", "one's own", NOTHING, |s| require_contained(hits(s.own.search("mi").page()?), s.mine)),
        ("search", "the tenant's", needs_visibility(), |s| {
            require_contained(hits(s.own.search("th").network(SMS).page()?), s.theirs)
        }),
        ("search", "a colleague's", all([missing(ListCustomers)]), |s| {
            require_contained(hits(s.own.search("th").network(SMS).advisor(s.colleague).page()?), s.theirs)
        }),
        ("search", "the trash", Administrator, |s| s.own.search("").trash().page().map(drop)),
        ("search_substring", "one's own", NOTHING, |s| {
            require_contained(hits(s.own.search_substring("ine").page()?), s.mine)
        }),
        ("search_substring", "the tenant's", needs_visibility(), |s| {
            require_contained(hits(s.own.search_substring("eir").network(SMS).page()?), s.theirs)
        }),
        ("search_substring", "a colleague's", all([missing(ListCustomers)]), |s| {
            require_contained(
                hits(s.own.search_substring("eir").network(SMS).advisor(s.colleague).page()?),
                s.theirs,
            )
        }),
    ]
}

fn directory() -> Vec<Row> {
    /// Requires that the links of a contact are visible; they are empty for an invisible contact.
    fn linked(s: &Fixture, to: ContactId) -> Result<()> {
        if s.own.links_of(&[to])?.concat().is_empty() { Err(Error::NoContact(to)) } else { Ok(()) }
    }
    vec![
        ("directory.advisor", "a colleague", NOTHING, |s| s.own.directory().advisor(s.colleague).map(drop)),
        ("directory.advisors", "colleagues", NOTHING, |s| s.own.directory().advisors().page().map(drop)),
        ("directory.advisors_of", "one's own", NOTHING, |s| {
            s.own.directory().advisors_of(s.ours).page().map(drop)
        }),
        ("links_of", "one's own", NOTHING, |s| linked(s, s.ours)),
        ("links_of", "a colleague's contact", needs_visibility(), |s| linked(s, s.theirs)),
        ("directory.advisors_of", "a colleague's contact", needs_visibility(), |s| {
            s.own.directory().advisors_of(s.theirs).page().map(drop)
        }),
        ("directory.groups", "the tenant's", NOTHING, |s| s.own.directory().groups().map(drop)),
        ("directory.group_list", "the tenant's", NOTHING, |s| {
            s.own.directory().group_list().page().map(drop)
        }),
        ("directory.networks", "all", NOTHING, |s| s.own.directory().networks().map(drop)),
        ("directory.tenant", "one's own", NOTHING, |s| s.own.directory().tenant().map(drop)),
        ("directory.tenant_networks", "the tenant's", NOTHING, |s| {
            s.own.directory().tenant_networks().map(drop)
        }),
    ]
}

fn entitlements() -> Vec<Row> {
    vec![
        ("entitlements.get", "one's own", NOTHING, |s| s.own.entitlements().get(s.me, &SMS).map(drop)),
        ("entitlements.get", "a colleague's", Administrator, |s| {
            s.own.entitlements().get("c@x", &SMS).map(drop)
        }),
        ("entitlements.list", "the tenant's", Administrator, |s| {
            s.own.entitlements().list(&SMS).page().map(drop)
        }),
        ("entitlements.of", "one's own", NOTHING, |s| s.own.entitlements().of(s.ours).page().map(drop)),
        ("entitlements.of", "a colleague's contact", needs_visibility(), |s| {
            s.own.entitlements().of(s.theirs).page().map(drop)
        }),
        ("entitlements.permissions", "one's own", NOTHING, |s| {
            s.own.entitlements().permissions("me@x", &SMS).map(drop)
        }),
        ("entitlements.permissions", "a colleague's", Administrator, |s| {
            s.own.entitlements().permissions(s.colleague, &SMS).map(drop)
        }),
        ("entitlements.add", "oneself", Administrator, |s| {
            s.own.entitlements().add(NewEntitlement::new(Network::SMS).advisor(s.me)).map(drop)
        }),
        ("entitlements.withdraw", "one's own", Administrator, |s| s.own.entitlements().withdraw(s.me, &SMS)),
        ("entitlements.grant", "oneself", Administrator, |s| {
            s.own.entitlements().grant(s.me, &SMS, ListCustomers)
        }),
        ("entitlements.grant_to_many", "oneself", Administrator, |s| {
            s.own.entitlements().grant_to_many(&[s.me], &SMS, ListCustomers).map(drop)
        }),
        ("entitlements.revoke", "a colleague's", Administrator, |s| {
            s.own.entitlements().revoke(s.colleague, &SMS, CreateContact)
        }),
        ("entitlements.move_to_group", "oneself", Administrator, |s| {
            s.own.entitlements().move_to_group(s.me, &SMS, None)
        }),
        ("entitlements.move_many_to_groups", "oneself", Administrator, |s| {
            s.own.entitlements().move_many_to_groups([GroupMove::new(s.me, SMS, None)]).map(drop)
        }),
        ("directory.pooled_numbers", "the pool", Administrator, |s| {
            s.own.directory().pooled_numbers(&SMS).map(drop)
        }),
        ("directory.add_pooled_numbers", "one", Administrator, |s| {
            s.own.directory().add_pooled_numbers(&SMS, [MINE]).map(drop)
        }),
        ("directory.remove_pooled_number", "one", Administrator, |s| {
            s.own.directory().remove_pooled_number(&SMS, MINE).map(drop)
        }),
    ]
}

fn blocks() -> Vec<Row> {
    /// Requires that the block of an advisor is visible.
    fn check_blocks(s: &Fixture, of: ContactId, by: AdvisorId, phone: &str) -> Result<()> {
        s.session.blocked_numbers().block(by, [NewBlockedNumber::new(phone, BlockReason::Spam)])?;
        let reported = s.own.blocked_numbers().of(&[of])?.remove(0);
        s.session.blocked_numbers().unblock(by, [phone.to_owned()])?;
        if reported.is_empty() { Err(Error::NoContact(of)) } else { Ok(()) }
    }
    vec![
        ("blocked_numbers.block", "for oneself", NOTHING, |s| {
            s.own.blocked_numbers().block(s.me, [NewBlockedNumber::new(THEIRS, BlockReason::Spam)]).map(drop)
        }),
        ("blocked_numbers.block", "for a colleague", Administrator, |s| {
            s.own
                .blocked_numbers()
                .block(s.colleague, [NewBlockedNumber::new(MINE, BlockReason::Spam)])
                .map(drop)
        }),
        ("blocked_numbers.unblock", "for oneself", NOTHING, |s| {
            s.own.blocked_numbers().unblock(s.me, [THEIRS.to_owned()]).map(drop)
        }),
        ("blocked_numbers.unblock", "for a colleague", Administrator, |s| {
            s.own.blocked_numbers().unblock(s.colleague, [MINE.to_owned()]).map(drop)
        }),
        ("blocked_numbers.of_advisor", "by oneself", NOTHING, |s| {
            s.own.blocked_numbers().of_advisor(s.me).map(drop)
        }),
        ("blocked_numbers.of_advisor", "by a colleague", Administrator, |s| {
            s.own.blocked_numbers().of_advisor(s.colleague).map(drop)
        }),
        ("blocked_numbers.of", "one's own", NOTHING, |s| check_blocks(s, s.mine, s.me, MINE)),
        ("blocked_numbers.of", "a colleague's contact", needs_visibility(), |s| {
            check_blocks(s, s.theirs, s.colleague, THEIRS)
        }),
        ("blocked_numbers.set_for_tenant", "a number", Administrator, |s| {
            s.own.blocked_numbers().set_for_tenant(MINE, true).map(drop)
        }),
        ("blocked_numbers.of_tenant", "all", Administrator, |s| {
            s.own.blocked_numbers().of_tenant().map(drop)
        }),
    ]
}

/// Runs `work` with a conversation of an advisor.
fn with_room(s: &Fixture, of: AdvisorId, work: impl FnOnce() -> Result<()>) -> Result<()> {
    s.session.conversations().add(&conversation().advisor(of))?;
    let done = work();
    match s.session.conversations().delete("s1") {
        Err(Error::NoConversation) => done,
        removed => done.and(removed),
    }
}

fn conversation() -> NewConversation {
    NewConversation::new("s1", ConversationKind::MultiParty, SMS)
}

fn conversations() -> Vec<Row> {
    /// Adds a conversation of the actor with these contacts.
    fn add(s: &Fixture, members: &[ContactId]) -> Result<()> {
        s.own
            .conversations()
            .add(&members.iter().fold(conversation(), |conversation, member| conversation.member(*member)))?;
        s.session.conversations().delete("s1")
    }
    fn shown(s: &Fixture) -> Result<()> {
        s.own.conversations().get("s1")?.map(drop).ok_or(Error::NoConversation)
    }
    /// The network does not permit copies. Callers with the permission get this error.
    fn copied(done: Result<cardex::contacts::CopyResult>) -> Result<()> {
        match done {
            Err(Error::Rule(RuleViolation::CopyNotSupported)) => Ok(()),
            done => done.map(drop),
        }
    }
    vec![
        ("conversations.add", "with one's own", all([missing(CreateRoom)]), |s| add(s, &[s.mine])),
        ("conversations.add", "with a colleague's contact", all([missing(CreateRoom), TO_SEE]), |s| {
            add(s, &[s.theirs])
        }),
        (
            "conversations.add",
            "of several companies",
            all([missing(CreateRoom), missing(AddMultiCompanyContact)]),
            |s| {
                s.session.edit(s.mine, ContactPatch::new().company("Acme"))?;
                s.session.edit(s.ours, ContactPatch::new().company("Zoo"))?;
                add(s, &[s.mine, s.ours])
            },
        ),
        ("conversations.get", "one's own", NOTHING, |s| with_room(s, s.me, || shown(s))),
        ("conversations.get", "a colleague's", all([(ListCustomers, "no-conversation")]), |s| {
            with_room(s, s.colleague, || shown(s))
        }),
        ("conversations.members", "a colleague's", all([(ListCustomers, "no-conversation")]), |s| {
            with_room(s, s.colleague, || s.own.conversations().members("s1").map(drop))
        }),
        ("conversations.of", "one's own", NOTHING, |s| s.own.conversations().of(s.mine).map(drop)),
        ("conversations.of", "a colleague's contact", needs_visibility(), |s| {
            s.own.conversations().of(s.theirs).map(drop)
        }),
        ("conversations.add_member", "one's own", all([missing(CreateRoom)]), |s| {
            with_room(s, s.me, || s.own.conversations().add_member("s1", s.mine).map(drop))
        }),
        ("conversations.remove_member", "one's own", all([missing(CreateRoom)]), |s| {
            with_room(s, s.me, || s.own.conversations().remove_member("s1", s.mine).map(drop))
        }),
        ("conversations.delete", "one's own", all([missing(CreateRoom)]), |s| {
            with_room(s, s.me, || s.own.conversations().delete("s1"))
        }),
        ("conversations.move_to_group", "one's own", Administrator, |s| {
            with_room(s, s.me, || s.own.conversations().move_to_group("s1", None).map(drop))
        }),
        ("copy_to_tenant", "one's own", all([missing(CreateContact)]), |s| {
            copied(s.own.copy_to_tenant(s.mine))
        }),
        ("copy_to_tenant", "a colleague's contact", all([TO_SEE, missing(CreateContact)]), |s| {
            copied(s.own.copy_to_tenant(s.theirs))
        }),
    ]
}

fn tags() -> Vec<Row> {
    /// Runs `work` with a tag.
    fn with_tag(s: &Fixture, work: impl FnOnce(TagId) -> Result<()>) -> Result<()> {
        let tag = s.session.tags().add(TagPatch::new().name("a"))?.id;
        let done = work(tag);
        s.session.tags().delete(tag)?;
        done
    }
    vec![
        ("tags.list", "the tenant's", NOTHING, |s| s.own.tags().list().page().map(drop)),
        ("tags.get", "the tenant's", NOTHING, |s| with_tag(s, |tag| s.own.tags().get(tag).map(drop))),
        ("tags.named", "the tenant's", NOTHING, |s| s.own.tags().named("a").map(drop)),
        ("tags.add", "one", Administrator, |s| s.own.tags().add(TagPatch::new().name("b")).map(drop)),
        ("tags.edit", "one", Administrator, |s| {
            with_tag(s, |tag| s.own.tags().edit(tag, TagPatch::new().name("b")).map(drop))
        }),
        ("tags.delete", "one", Administrator, |s| with_tag(s, |tag| s.own.tags().delete(tag))),
        ("tags.of", "a colleague's contact", needs_visibility(), |s| {
            with_tag(s, |tag| {
                s.session.tags().attach(s.theirs, tag)?;
                let reported = s.own.tags().of(&[s.theirs])?.concat();
                if reported.is_empty() { Err(Error::NoContact(s.theirs)) } else { Ok(()) }
            })
        }),
        ("tags.attach", "one's own", all([missing(EditContact)]), |s| {
            with_tag(s, |tag| s.own.tags().attach(s.mine, tag).map(drop))
        }),
        ("tags.attach", "a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            with_tag(s, |tag| s.own.tags().attach(s.theirs, tag).map(drop))
        }),
        ("tags.detach", "one's own", all([missing(EditContact)]), |s| {
            with_tag(s, |tag| s.own.tags().detach(s.mine, tag).map(drop))
        }),
        ("tags.set", "one's own", all([missing(EditContact)]), |s| {
            s.own.tags().set(s.mine, &[""; 0], UnknownTagPolicy::Reject).map(drop)
        }),
    ]
}

fn jobs() -> Vec<Row> {
    /// Runs `work` with a job on the contact.
    fn with_job(s: &Fixture, on: ContactId, work: impl FnOnce(JobId) -> Result<()>) -> Result<()> {
        let tag = s.session.tags().add(TagPatch::new().name("a"))?.id;
        let new = NewJob::new(JobAction::Tag { tag }, cardex::Filter::id([on])).network(SMS);
        let job = s.own.jobs().create(new)?.id;
        let done = work(job);
        s.session.jobs().cancel(job)?;
        s.session.jobs().delete(job)?;
        s.session.tags().delete(tag)?;
        done
    }
    /// Runs the job. Returns the error of its only contact.
    fn run(s: &Fixture, job: JobId) -> Result<()> {
        match s.own.jobs().run_batch(job, 1)?.outcomes.pop() {
            Some((_, JobOutcome::Rejected(error))) => Err(error),
            Some(_) => Ok(()),
            None => Err(Error::NoContact(s.theirs)),
        }
    }
    vec![
        ("jobs.create", "one's own", NOTHING, |s| with_job(s, s.mine, |_| Ok(()))),
        ("jobs.run_batch", "on one's own", all([missing(EditContact)]), |s| {
            with_job(s, s.mine, |job| run(s, job))
        }),
        ("jobs.run_batch", "on a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            with_job(s, s.theirs, |job| run(s, job))
        }),
        ("jobs.get", "one's own", NOTHING, |s| with_job(s, s.mine, |job| s.own.jobs().get(job).map(drop))),
        ("jobs.list", "one's own", NOTHING, |s| s.own.jobs().list().page().map(drop)),
        ("jobs.failures", "of one's own", NOTHING, |s| {
            with_job(s, s.mine, |job| s.own.jobs().failures(job).page().map(drop))
        }),
        ("jobs.cancel", "one's own", NOTHING, |s| {
            with_job(s, s.mine, |job| s.own.jobs().cancel(job).map(drop))
        }),
        ("jobs.delete", "one's own", NOTHING, |s| {
            let job = s.own.jobs().create(NewJob::new(JobAction::Remove, cardex::Filter::any([])))?.id;
            s.own.jobs().cancel(job)?;
            s.own.jobs().delete(job)
        }),
    ]
}

fn attributes() -> Vec<Row> {
    fn value() -> ContactUpdate {
        ContactUpdate::new(ContactPatch::new()).set_attribute(Custom, "a", 1)
    }
    vec![
        ("attributes.list", "the tenant's", NOTHING, |s| s.own.attributes().list(Custom).page().map(drop)),
        ("attributes.get", "the tenant's", NOTHING, |s| s.own.attributes().get(Custom, "a").map(drop)),
        ("attributes.add", "one", Administrator, |s| {
            s.own.attributes().add(NewAttribute::new(Custom, "b", AttributeKind::Text)).map(drop)
        }),
        ("attributes.edit", "one", Administrator, |s| {
            s.own.attributes().edit(AttributeId(1), AttributePatch::new()).map(drop)
        }),
        ("attributes.delete", "one", Administrator, |s| s.own.attributes().delete(AttributeId(1))),
        ("attributes.of", "a colleague's contact", needs_visibility(), |s| {
            s.session.update(s.theirs, value())?;
            let reported = s.own.attributes().of(&[s.theirs])?.concat();
            if reported.is_empty() { Err(Error::NoContact(s.theirs)) } else { Ok(()) }
        }),
        ("update", "a value", all([missing(EditContact)]), |s| s.own.update(s.mine, value()).map(drop)),
        ("update", "an e-mail address", all([missing(EditContact), missing(EditContactEmail)]), |s| {
            s.own
                .update(s.mine, ContactUpdate::new(ContactPatch::new().emails(["mia@example.com"])))
                .map(drop)
        }),
        ("update", "a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            s.own.update(s.theirs, value()).map(drop)
        }),
    ]
}

/// The number of an event that the system fires.
fn fired(s: &Fixture, on: ContactId) -> Result<i64> {
    s.session.events().declare("paid")?;
    Ok(s.session.events().fire(on, NewEvent::new("paid"))?.seq)
}

fn notes() -> Vec<Row> {
    /// Runs `work` with a note on the own contact.
    fn with_note(s: &Fixture, work: impl FnOnce(cardex::notes::NoteId) -> Result<()>) -> Result<()> {
        let note = s.session.notes(s.mine).add("x")?.id;
        let done = work(note);
        match s.session.notes(s.mine).delete(note) {
            Err(Error::NotFound(..)) => done,
            deleted => done.and(deleted),
        }
    }
    fn with_funnel(s: &Fixture, work: impl FnOnce() -> Result<()>) -> Result<()> {
        s.session.funnels().add("f", "")?;
        let done = work();
        s.session.funnels().delete("f")?;
        done
    }
    vec![
        ("notes.list", "one's own", NOTHING, |s| s.own.notes(s.mine).list().page().map(drop)),
        ("notes.list", "a colleague's contact", needs_visibility(), |s| {
            s.own.notes(s.theirs).list().page().map(drop)
        }),
        ("notes.get", "one's own", NOTHING, |s| with_note(s, |note| s.own.notes(s.mine).get(note).map(drop))),
        ("notes.add", "a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            s.own.notes(s.theirs).add("x").map(drop)
        }),
        ("notes.edit", "one's own", all([missing(EditContact)]), |s| {
            with_note(s, |note| s.own.notes(s.mine).edit(note, "y").map(drop))
        }),
        ("notes.delete", "one's own", all([missing(EditContact)]), |s| {
            with_note(s, |note| s.own.notes(s.mine).delete(note))
        }),
        ("funnels.list", "the tenant's", NOTHING, |s| s.own.funnels().list().page().map(drop)),
        ("funnels.of", "a colleague's contact", needs_visibility(), |s| {
            s.own.funnels().of(s.theirs).page().map(drop)
        }),
        ("funnels.add", "one", Administrator, |s| s.own.funnels().add("g", "").map(drop)),
        ("funnels.delete", "one", Administrator, |s| s.own.funnels().delete("g")),
        ("funnels.join", "one's own", all([missing(EditContact)]), |s| {
            with_funnel(s, || s.own.funnels().join(s.mine, "f").map(drop))
        }),
        ("funnels.leave", "a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            with_funnel(s, || s.own.funnels().leave(s.theirs, "f").map(drop))
        }),
    ]
}

fn identities() -> Vec<Row> {
    /// A channel of the tenant with a channel identity for each of two contacts.
    fn channel(s: &Fixture) -> Result<(cardex::channels::Channel, [cardex::channels::ChannelIdentity; 2])> {
        let known = s.session.channels().list().page()?.items.into_iter().next();
        let channel = known.map_or_else(|| s.session.channels().add("web", ""), Ok)?;
        let mine = s.session.channels().find_or_create_identity(channel.id, "mine", s.mine)?;
        let theirs = s.session.channels().find_or_create_identity(channel.id, "theirs", s.theirs)?;
        Ok((channel, [mine, theirs]))
    }
    const HIDDEN: (Permission, &str) = (ListCustomers, "not-found");
    vec![
        ("channels.list", "the tenant's", NOTHING, |s| s.own.channels().list().page().map(drop)),
        ("channels.get", "the tenant's", NOTHING, |s| s.own.channels().get(channel(s)?.0.id).map(drop)),
        ("channels.add", "one", Administrator, |s| s.own.channels().add("sms", "").map(drop)),
        ("channels.edit", "one", Administrator, |s| {
            s.own.channels().edit(channel(s)?.0.id, ChannelPatch::new()).map(drop)
        }),
        ("channels.find_or_create_identity", "one's own", all([missing(EditContact)]), |s| {
            s.own.channels().find_or_create_identity(channel(s)?.0.id, "mine", s.mine).map(drop)
        }),
        ("channels.identity", "a colleague's contact", all([HIDDEN]), |s| {
            s.own
                .channels()
                .identity(channel(s)?.0.id, "theirs")?
                .map(drop)
                .ok_or(Error::NotFound(cardex::EntityKind::ChannelIdentity, 0))
        }),
        ("channels.identities_of", "a colleague's contact", needs_visibility(), |s| {
            s.own.channels().identities_of(s.theirs).page().map(drop)
        }),
        ("channels.reachable", "a colleague's contact", needs_visibility(), |s| {
            s.own.channels().reachable(s.theirs).map(drop)
        }),
        ("channels.edit_identity", "a colleague's contact", all([HIDDEN, missing(EditContact)]), |s| {
            s.own
                .channels()
                .edit_identity(channel(s)?.1[1].id, ChannelIdentityPatch::new().unread(1))
                .map(drop)
        }),
        ("channels.delete_identity", "one's own", all([missing(EditContact)]), |s| {
            s.own.channels().delete_identity(channel(s)?.1[0].id)
        }),
    ]
}

fn administration() -> Vec<Row> {
    vec![
        ("directory.add_advisor", "one", Administrator, |s| {
            s.own.directory().add_advisor(NewAdvisor::new("N", "N")).map(drop)
        }),
        ("directory.add_advisors", "one", Administrator, |s| {
            s.own.directory().add_advisors([NewAdvisor::new("N", "N")]).map(drop)
        }),
        ("directory.add_group", "one", Administrator, |s| s.own.directory().add_group("north").map(drop)),
        ("directory.add_network", "one", Administrator, |s| {
            s.own.directory().add_network(&NetworkPolicy::new(Network::new("SIGNAL").unwrap()))
        }),
        ("directory.add_tenant", "one", Administrator, |s| s.own.directory().add_tenant("away").map(drop)),
        ("directory.tenants", "all", Administrator, |s| s.own.directory().tenants().map(drop)),
        ("directory.set_network_open", "to the tenant", Administrator, |s| {
            s.own.directory().set_network_open(&SMS, None, false)
        }),
        ("directory.set_tenant_policy", "of the tenant", Administrator, |s| {
            s.own.directory().set_tenant_policy(&TenantPolicy::new())
        }),
        ("changes", "the beginning", Administrator, |s| s.own.changes().limit(1).page().map(drop)),
        ("subscribe", "to the tenant's", Administrator, |s| s.own.subscribe().map(drop)),
        ("events.declare", "a name", Administrator, |s| s.own.events().declare("paid").map(drop)),
        ("events.undeclare", "a name", Administrator, |s| s.own.events().undeclare("paid").map(drop)),
        ("events.names", "the tenant's", NOTHING, |s| s.own.events().names().map(drop)),
        ("events.of", "one's own", NOTHING, |s| s.own.events().of(s.mine).page().map(drop)),
        ("events.of", "a colleague's contact", needs_visibility(), |s| {
            s.own.events().of(s.theirs).page().map(drop)
        }),
        ("events.get", "of one's own", NOTHING, |s| s.own.events().get(fired(s, s.mine)?).map(drop)),
        ("events.get", "of a colleague's contact", needs_visibility(), |s| {
            s.own.events().get(fired(s, s.theirs)?).map(drop)
        }),
        ("events.fire", "on one's own", all([missing(EditContact)]), |s| {
            s.session.events().declare("paid")?;
            s.own.events().fire(s.mine, NewEvent::new("paid")).map(drop)
        }),
        ("events.fire", "on a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            s.session.events().declare("paid")?;
            s.own.events().fire(s.theirs, NewEvent::new("paid")).map(drop)
        }),
        ("stats", "of the book", Administrator, |s| s.own.stats().map(drop)),
        ("substring_index.build", "of the book", Administrator, |s| {
            s.own.substring_index().build(1).map(drop)
        }),
        ("substring_index.drop", "of the book", Administrator, |s| s.own.substring_index().drop()),
    ]
}

/// Functions of [`Session`] that do not read the store.
const SETTERS: [&str; 7] = ["in_tenant", "origin", "interrupted_by", "deadline", "actor", "now", "is_phone"];

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
        ("Jobs", "jobs."),
        ("Notes", "notes."),
        ("Onboarding", "onboarding."),
        ("Outbox", "outbox."),
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
    assert!(operations.len() > 40, "the verbs are found: {operations:?}");
    let known = table().iter().map(|(operation, ..)| *operation).chain(SETTERS).map(str::to_owned).collect();
    let missing: Vec<_> = operations.difference(&known).collect();
    assert!(missing.is_empty(), "say in `table` what these need: {missing:?}");
    let gone: Vec<_> = known.difference(&operations).collect();
    assert!(gone.is_empty(), "no verbs of `Session`: {gone:?}");
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
