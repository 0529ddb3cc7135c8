//! Copies of shared contacts in a tenant, rule by rule.

use cardex::changes::ChangeKind;
use cardex::conversations::{ConversationKind, NewConversation};
use cardex::directory::TenantPolicy;
use cardex::outbox::OutboxEvent;
use cardex::{
    Actor, AdvisorId, Contact, ContactId, Error, Network, NewAdvisor, NewContact, RuleViolation, Session,
    Store, TenantId,
};

use crate::support::{found, open_store};

const PHONE: &str = "+33 6 12 34 56 78";

/// Two tenants with one advisor each. Both advisors are linked to one shared contact.
struct Fixture {
    store: Store,
    session: Session,
    home: TenantId,
    away: TenantId,
    ada: AdvisorId,
    eve: AdvisorId,
    shared: Contact,
}

fn person(network: Network) -> NewContact {
    NewContact::new(network, "Sue", "Shared").company("Acme").email("sue@example.com").phone(PHONE)
}

fn fixture() -> Fixture {
    let (store, session) = open_store();
    let home = session.directory().tenants().unwrap()[0].id;
    let away = session.directory().add_tenant("away").unwrap().id;
    let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
    let eve = session.clone().in_tenant(away).directory().add_advisor(NewAdvisor::new("Eve", "")).unwrap().id;
    let shared = person(Network::WHATSAPP).shared().advisor(ada).advisor(eve);
    let shared = session
        .add(shared.identifier("crm", "7").nickname("Susi").card(r#"{"@type":"Card","uid":"u"}"#))
        .unwrap();
    Fixture { store, session, home, away, ada, eve, shared }
}

impl Fixture {
    fn advisor(&self, id: AdvisorId) -> Session {
        self.store.session(Actor::Advisor(id))
    }

    fn conversation(&self, stream: &str, tenant: TenantId, kind: ConversationKind) {
        let conversation =
            NewConversation::new(stream, kind, self.shared.network.clone()).member(self.shared.id);
        self.session.clone().in_tenant(tenant).conversations().add(&conversation).unwrap();
    }

    fn refused(&self, id: ContactId) -> String {
        let before = self.session.changes().limit(1_000).page().unwrap().items.len();
        let error = self.store.session(Actor::Administrator(self.home)).copy_to_tenant(id).unwrap_err();
        assert_eq!(
            self.session.changes().limit(1_000).page().unwrap().items.len(),
            before,
            "nothing was written"
        );
        assert!(self.session.outbox().pending(10).unwrap().is_empty());
        error.code().to_owned()
    }
}

fn advisors(session: &Session, id: ContactId) -> Vec<AdvisorId> {
    session.directory().advisors_of(id).iter().map(|advisor| advisor.unwrap().id).collect()
}

#[test]
fn the_copy_has_the_same_data_under_a_new_id() {
    let fixture = fixture();
    fixture.session.mark_active(fixture.shared.id, cardex::Timestamp(1_700_000_000_000)).unwrap();
    let shared = fixture.session.get(fixture.shared.id).unwrap().unwrap();
    let copied = fixture.advisor(fixture.ada).copy_to_tenant(shared.id).unwrap();
    let own = copied.contact;
    assert_ne!(own.id, shared.id);
    assert_eq!(own.tenant, Some(fixture.home));
    let stored = fixture.session.get(own.id).unwrap().unwrap();
    let mut same = stored.clone();
    (same.id, same.tenant, same.uid) = (shared.id, None, shared.uid.clone());
    (same.created_at, same.updated_at) = (shared.created_at, shared.updated_at);
    assert_eq!(same, shared, "all but id, UID, tenant and times");
    assert_eq!(fixture.session.card(own.id).unwrap(), fixture.session.card(shared.id).unwrap());
    assert!(fixture.session.card(own.id).unwrap().is_some());
    assert_eq!(fixture.session.get(shared.id).unwrap().unwrap(), shared, "the shared one stays as it was");
    assert!(fixture.store.check().unwrap().is_ok());
}

#[test]
fn advisors_of_the_tenant_are_linked_to_the_copy() {
    let fixture = fixture();
    let own = fixture.advisor(fixture.ada).copy_to_tenant(fixture.shared.id).unwrap().contact.id;
    assert_eq!(
        (advisors(&fixture.session, own), advisors(&fixture.session, fixture.shared.id)),
        (vec![fixture.ada], vec![fixture.eve])
    );
    let list = |who: AdvisorId| -> Vec<ContactId> { self::ids(&fixture.advisor(who)) };
    assert_eq!((list(fixture.ada), list(fixture.eve)), (vec![own], vec![fixture.shared.id]));
    assert_eq!(found(&fixture.advisor(fixture.ada), "sus"), ["Sue Shared"]);
    assert_eq!(found(&fixture.advisor(fixture.eve), "sus"), ["Sue Shared"]);
    assert_eq!(fixture.advisor(fixture.ada).get(fixture.shared.id).unwrap(), None);
    assert_eq!(fixture.advisor(fixture.eve).get(own).unwrap(), None);
    let log = fixture.session.changes().limit(100).page().unwrap().items;
    let last: Vec<_> = log[log.len() - 3..].iter().map(|change| (change.contact, change.kind)).collect();
    let expected = [(own, ChangeKind::Add), (fixture.shared.id, ChangeKind::Unlink), (own, ChangeKind::Link)];
    assert_eq!(last, expected);
}

fn ids(session: &Session) -> Vec<ContactId> {
    session.contacts().iter().map(|contact| contact.unwrap().id).collect()
}

#[test]
fn conversations_of_the_tenant_move_with_a_message_each() {
    let fixture = fixture();
    fixture.conversation("r1", fixture.home, ConversationKind::MultiParty);
    fixture.conversation("r2", fixture.home, ConversationKind::MultiParty);
    fixture.conversation("theirs", fixture.away, ConversationKind::MultiParty);
    fixture.conversation("chat", fixture.away, ConversationKind::OneToOne); // another tenant's conversation does not prevent the copy
    let copied = fixture.advisor(fixture.ada).copy_to_tenant(fixture.shared.id).unwrap();
    assert_eq!(copied.conversations, ["r1", "r2"]);
    let (old, new) = (fixture.shared.id, copied.contact.id);
    assert_eq!(fixture.session.conversations().members("r1").unwrap(), [new]);
    assert_eq!(fixture.session.conversations().members("theirs").unwrap(), [old]);
    let pending = fixture.session.outbox().pending(10).unwrap();
    assert!(pending.iter().all(|pending| pending.tenant == fixture.home));
    let effects: Vec<OutboxEvent> = pending.into_iter().map(|pending| pending.event).collect();
    let [
        OutboxEvent::PostMessage { conversation: stream, text },
        second,
        OutboxEvent::PostMessage { .. },
        last,
    ] = &effects[..]
    else {
        panic!("a message and a move for each of two rooms, not {effects:?}");
    };
    assert_eq!(stream, "r1");
    let moved = |stream: &str| OutboxEvent::ReplaceMember { conversation: stream.into(), from: old, to: new };
    assert_eq!((second, last), (&moved("r1"), &moved("r2")));
    for address in [&copied.old_export_address, &copied.new_export_address] {
        assert!(text.contains(address.as_ref().unwrap()), "{text}");
    }
    // The host acknowledges, in any order.
    for pending in fixture.session.outbox().pending(10).unwrap().into_iter().rev() {
        assert!(fixture.session.outbox().acknowledge(pending.seq).unwrap());
    }
    assert!(fixture.session.outbox().pending(10).unwrap().is_empty());
}

#[test]
fn an_export_contains_the_new_address_of_a_copy() {
    let fixture = fixture();
    let copied = fixture.advisor(fixture.ada).copy_to_tenant(fixture.shared.id).unwrap();
    assert_eq!(copied.old_export_address.as_deref(), Some("WHATSAPP.33612345678@symphony.com"));
    let new = format!("WHATSAPP.33612345678.{}@symphony.com", fixture.home);
    assert_eq!(copied.new_export_address, Some(new));
    let silent =
        NewContact::new(Network::WHATSAPP, "No", "Phone").company("Acme").email("n@example.com").shared();
    let silent = fixture.session.add(silent).unwrap().id;
    let copied = fixture.session.copy_to_tenant(silent).unwrap();
    assert_eq!((copied.old_export_address, copied.new_export_address), (None, None));
}

#[test]
fn only_networks_that_allow_it_copy() {
    let fixture = fixture();
    let on = |network| fixture.session.add(person(network).shared()).unwrap().id;
    for network in [Network::WECHAT, Network::LINE, Network::SMS_DIRECT, Network::WHATSAPP_DIRECT] {
        assert_eq!(fixture.refused(on(network.clone())), "copy-not-supported", "{network}");
    }
    fixture.session.copy_to_tenant(on(Network::SMS)).unwrap();
    fixture.session.directory().set_network_open(&Network::WHATSAPP, None, false).unwrap();
    assert_eq!(fixture.refused(fixture.shared.id), "network-closed");
    assert!(
        fixture.session.clone().in_tenant(fixture.away).copy_to_tenant(fixture.shared.id).is_ok(),
        "open to others"
    );
}

#[test]
fn a_contact_in_a_one_to_one_conversation_is_not_copied() {
    let fixture = fixture();
    fixture.conversation("chat", fixture.home, ConversationKind::OneToOne);
    assert_eq!(fixture.refused(fixture.shared.id), "in-chat");
    fixture.session.conversations().remove_member("chat", fixture.shared.id).unwrap();
    fixture.session.copy_to_tenant(fixture.shared.id).unwrap();
}

#[test]
fn a_tenant_has_one_copy() {
    let fixture = fixture();
    let own = fixture.session.copy_to_tenant(fixture.shared.id).unwrap().contact;
    assert_eq!(fixture.refused(fixture.shared.id), "already-copied", "the number is there");
    assert_eq!(fixture.refused(own.id), "already-copied", "it is the tenant's own");
    fixture.session.clone().in_tenant(fixture.away).copy_to_tenant(fixture.shared.id).unwrap();
    // In a group the unique key of the number differs, but the person is the same.
    fixture.session.purge(own.id).unwrap();
    let group = fixture.session.directory().add_group("North").unwrap().id;
    fixture.session.add(person(Network::WHATSAPP).group(group)).unwrap();
    assert_eq!(fixture.refused(fixture.shared.id), "already-copied");
}

#[test]
fn an_equal_contact_of_the_tenant_prevents_a_copy() {
    let fixture = fixture();
    let holder = NewContact::new(Network::SMS_DIRECT, "Old", "Record").identifier("crm", "7");
    let holder = fixture.session.add(holder).unwrap().id;
    let error = fixture.session.copy_to_tenant(fixture.shared.id).unwrap_err();
    assert!(matches!(error, Error::Duplicate { holder: Some(found), .. } if found == holder), "{error}");
    assert_eq!(
        advisors(&fixture.session, fixture.shared.id),
        [fixture.ada, fixture.eve],
        "nothing was written"
    );
    assert!(fixture.store.check().unwrap().is_ok());
}

#[test]
fn copying_needs_the_permission_to_create_contacts() {
    let fixture = fixture();
    let bob = fixture.session.directory().add_advisor(NewAdvisor::new("Bob", "")).unwrap().id;
    assert_eq!(fixture.advisor(bob).copy_to_tenant(fixture.shared.id).unwrap_err().code(), "no-contact");
    fixture.session.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    assert_eq!(
        fixture.advisor(fixture.ada).copy_to_tenant(fixture.shared.id).unwrap_err().code(),
        "forbidden"
    );
    fixture.session.remove(fixture.shared.id).unwrap();
    assert_eq!(fixture.refused(fixture.shared.id), "no-contact", "in the trash");
    assert!(matches!(fixture.session.copy_to_tenant(ContactId(999_999)), Err(Error::NoContact(_))));
}

#[test]
fn a_copy_keeps_an_own_advisor_of_its_own_tenant_only() {
    let fixture = fixture();
    let own = person(Network::SMS).shared().own_advisor(fixture.ada);
    let own = fixture.session.add(own).unwrap().id;
    assert_eq!(fixture.session.copy_to_tenant(own).unwrap().contact.own_advisor, Some(fixture.ada));
    assert_eq!(
        fixture.session.clone().in_tenant(fixture.away).copy_to_tenant(own).unwrap().contact.own_advisor,
        None
    );
    assert!(RuleViolation::AlreadyCopied.to_string().contains("already"));
}
