//! Permissions: operations on the directory, entitlements, blocks, conversations and the store.

use crate::permissions::Needs::Administrator;
use crate::permissions::{Fixture, MINE, NOTHING, Row, THEIRS, TO_SEE, all, missing, needs_visibility};
use crate::permissions_records::fired;
use crate::support::SMS;
use cardex::blocking::{BlockReason, NewBlockedNumber};
use cardex::conversations::{ConversationKind, NewConversation};
use cardex::directory::{NetworkPolicy, TenantPolicy};
use cardex::entitlements::Permission::{
    AddMultiCompanyContact, CreateContact, CreateRoom, EditContact, ListCustomers,
};
use cardex::entitlements::{GroupMove, NewEntitlement};
use cardex::events::NewEvent;
use cardex::{AdvisorId, ContactId, ContactPatch, Error, Network, NewAdvisor, Result, RuleViolation};

pub(crate) fn directory() -> Vec<Row> {
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

pub(crate) fn entitlements() -> Vec<Row> {
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

pub(crate) fn blocks() -> Vec<Row> {
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
pub(crate) fn with_room(s: &Fixture, of: AdvisorId, work: impl FnOnce() -> Result<()>) -> Result<()> {
    s.session.conversations().add(&conversation().advisor(of))?;
    let done = work();
    match s.session.conversations().delete("s1") {
        Err(Error::NoConversation) => done,
        removed => done.and(removed),
    }
}

pub(crate) fn conversation() -> NewConversation {
    NewConversation::new("s1", ConversationKind::MultiParty, SMS)
}

pub(crate) fn conversations() -> Vec<Row> {
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

pub(crate) fn administration() -> Vec<Row> {
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
        ("events.get", "of a colleague's contact", all([(ListCustomers, "not-found")]), |s| {
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
        ("substring_index.status", "of the book", NOTHING, |s| s.own.substring_index().status().map(drop)),
    ]
}
