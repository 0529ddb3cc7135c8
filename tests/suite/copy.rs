//! A contact shared between tenants becomes one of a tenant's own, rule by rule.

use cardex::changes::ChangeKind;
use cardex::conversations::{ConversationKind, NewConversation};
use cardex::directory::TenantPolicy;
use cardex::outbox::OutboxEvent;
use cardex::{
    Actor, AdvisorId, Contact, ContactId, Error, Network, NewAdvisor, NewContact, RuleViolation, Session,
    Store, TenantId,
};

use crate::support::{desk, found};

const PHONE: &str = "+33 6 12 34 56 78";

/// Two tenants with an advisor each, both with one shared contact.
struct Scene {
    store: Store,
    desk: Session,
    home: TenantId,
    away: TenantId,
    ada: AdvisorId,
    eve: AdvisorId,
    shared: Contact,
}

fn person(network: Network) -> NewContact {
    NewContact::new(network, "Sue", "Shared").company("Acme").email("sue@example.com").phone(PHONE)
}

fn scene() -> Scene {
    let (store, desk) = desk();
    let home = desk.directory().tenants().unwrap()[0].id;
    let away = desk.directory().add_tenant("away").unwrap().id;
    let ada = desk.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
    let eve = desk.clone().in_tenant(away).directory().add_advisor(NewAdvisor::new("Eve", "")).unwrap().id;
    let shared = person(Network::WHATSAPP).shared().advisor(ada).advisor(eve);
    let shared = desk
        .add(shared.identifier("crm", "7").nickname("Susi").card(r#"{"@type":"Card","uid":"u"}"#))
        .unwrap();
    Scene { store, desk, home, away, ada, eve, shared }
}

impl Scene {
    fn advisor(&self, id: AdvisorId) -> Session {
        self.store.session(Actor::Advisor(id))
    }

    fn room(&self, stream: &str, tenant: TenantId, kind: ConversationKind) {
        let room = NewConversation::new(stream, kind, self.shared.network.clone()).member(self.shared.id);
        self.desk.clone().in_tenant(tenant).conversations().add(&room).unwrap();
    }

    fn refused(&self, id: ContactId) -> String {
        let before = self.desk.changes().limit(1_000).page().unwrap().items.len();
        let error = self.store.session(Actor::Administrator(self.home)).copy_to_tenant(id).unwrap_err();
        assert_eq!(
            self.desk.changes().limit(1_000).page().unwrap().items.len(),
            before,
            "nothing was written"
        );
        assert!(self.desk.outbox().pending(10).unwrap().is_empty());
        error.code().to_owned()
    }
}

fn advisors(session: &Session, id: ContactId) -> Vec<AdvisorId> {
    session.directory().advisors_of(id).iter().map(|advisor| advisor.unwrap().id).collect()
}

#[test]
fn the_copy_has_the_same_data_under_a_new_id() {
    let scene = scene();
    scene.desk.mark_active(scene.shared.id, cardex::Timestamp(1_700_000_000_000)).unwrap();
    let shared = scene.desk.get(scene.shared.id).unwrap().unwrap();
    let copied = scene.advisor(scene.ada).copy_to_tenant(shared.id).unwrap();
    let own = copied.contact;
    assert_ne!(own.id, shared.id);
    assert_eq!(own.tenant, Some(scene.home));
    let stored = scene.desk.get(own.id).unwrap().unwrap();
    let mut same = stored.clone();
    (same.id, same.tenant) = (shared.id, None);
    (same.created_at, same.updated_at) = (shared.created_at, shared.updated_at);
    assert_eq!(same, shared, "all but id, tenant and times");
    assert_eq!(scene.desk.card(own.id).unwrap(), scene.desk.card(shared.id).unwrap());
    assert!(scene.desk.card(own.id).unwrap().is_some());
    assert_eq!(scene.desk.get(shared.id).unwrap().unwrap(), shared, "the shared one stays as it was");
    assert!(scene.store.check().unwrap().is_ok());
}

#[test]
fn advisors_of_the_tenant_are_linked_to_the_copy() {
    let scene = scene();
    let own = scene.advisor(scene.ada).copy_to_tenant(scene.shared.id).unwrap().contact.id;
    assert_eq!(
        (advisors(&scene.desk, own), advisors(&scene.desk, scene.shared.id)),
        (vec![scene.ada], vec![scene.eve])
    );
    let list = |who: AdvisorId| -> Vec<ContactId> { self::ids(&scene.advisor(who)) };
    assert_eq!((list(scene.ada), list(scene.eve)), (vec![own], vec![scene.shared.id]));
    assert_eq!(found(&scene.advisor(scene.ada), "sus"), ["Sue Shared"]);
    assert_eq!(found(&scene.advisor(scene.eve), "sus"), ["Sue Shared"]);
    assert_eq!(scene.advisor(scene.ada).get(scene.shared.id).unwrap(), None);
    assert_eq!(scene.advisor(scene.eve).get(own).unwrap(), None);
    let log = scene.desk.changes().limit(100).page().unwrap().items;
    let last: Vec<_> = log[log.len() - 3..].iter().map(|change| (change.contact, change.kind)).collect();
    let expected = [(own, ChangeKind::Add), (scene.shared.id, ChangeKind::Unlink), (own, ChangeKind::Link)];
    assert_eq!(last, expected);
}

fn ids(session: &Session) -> Vec<ContactId> {
    session.contacts().iter().map(|contact| contact.unwrap().id).collect()
}

#[test]
fn conversations_of_the_tenant_move_with_a_message_each() {
    let scene = scene();
    scene.room("r1", scene.home, ConversationKind::MultiParty);
    scene.room("r2", scene.home, ConversationKind::MultiParty);
    scene.room("theirs", scene.away, ConversationKind::MultiParty);
    scene.room("chat", scene.away, ConversationKind::OneToOne); // of another tenant: no obstacle here
    let copied = scene.advisor(scene.ada).copy_to_tenant(scene.shared.id).unwrap();
    assert_eq!(copied.conversations, ["r1", "r2"]);
    let (old, new) = (scene.shared.id, copied.contact.id);
    assert_eq!(scene.desk.conversations().members("r1").unwrap(), [new]);
    assert_eq!(scene.desk.conversations().members("theirs").unwrap(), [old]);
    let pending = scene.desk.outbox().pending(10).unwrap();
    assert!(pending.iter().all(|pending| pending.tenant == scene.home));
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
    // Done once the host says so, in whatever order.
    for pending in scene.desk.outbox().pending(10).unwrap().into_iter().rev() {
        assert!(scene.desk.outbox().acknowledge(pending.seq).unwrap());
    }
    assert!(scene.desk.outbox().pending(10).unwrap().is_empty());
}

#[test]
fn an_export_contains_the_new_address_of_a_copy() {
    let scene = scene();
    let copied = scene.advisor(scene.ada).copy_to_tenant(scene.shared.id).unwrap();
    assert_eq!(copied.old_export_address.as_deref(), Some("WHATSAPP.33612345678@symphony.com"));
    let new = format!("WHATSAPP.33612345678.{}@symphony.com", scene.home);
    assert_eq!(copied.new_export_address, Some(new));
    let silent =
        NewContact::new(Network::WHATSAPP, "No", "Phone").company("Acme").email("n@example.com").shared();
    let silent = scene.desk.add(silent).unwrap().id;
    let copied = scene.desk.copy_to_tenant(silent).unwrap();
    assert_eq!((copied.old_export_address, copied.new_export_address), (None, None));
}

#[test]
fn only_networks_that_allow_it_copy() {
    let scene = scene();
    let on = |network| scene.desk.add(person(network).shared()).unwrap().id;
    for network in [Network::WECHAT, Network::LINE, Network::SMS_DIRECT, Network::WHATSAPP_DIRECT] {
        assert_eq!(scene.refused(on(network.clone())), "copy-not-supported", "{network}");
    }
    scene.desk.copy_to_tenant(on(Network::SMS)).unwrap();
    scene.desk.directory().set_network_open(&Network::WHATSAPP, None, false).unwrap();
    assert_eq!(scene.refused(scene.shared.id), "network-closed");
    assert!(
        scene.desk.clone().in_tenant(scene.away).copy_to_tenant(scene.shared.id).is_ok(),
        "open to others"
    );
}

#[test]
fn a_contact_in_a_one_to_one_conversation_is_not_copied() {
    let scene = scene();
    scene.room("chat", scene.home, ConversationKind::OneToOne);
    assert_eq!(scene.refused(scene.shared.id), "in-chat");
    scene.desk.conversations().remove_member("chat", scene.shared.id).unwrap();
    scene.desk.copy_to_tenant(scene.shared.id).unwrap();
}

#[test]
fn a_tenant_has_one_copy() {
    let scene = scene();
    let own = scene.desk.copy_to_tenant(scene.shared.id).unwrap().contact;
    assert_eq!(scene.refused(scene.shared.id), "already-copied", "the number is there");
    assert_eq!(scene.refused(own.id), "already-copied", "it is the tenant's own");
    scene.desk.clone().in_tenant(scene.away).copy_to_tenant(scene.shared.id).unwrap();
    // In a group of its own the number is another key, and the same person all the same.
    scene.desk.purge(own.id).unwrap();
    let group = scene.desk.directory().add_group("North").unwrap().id;
    scene.desk.add(person(Network::WHATSAPP).group(group)).unwrap();
    assert_eq!(scene.refused(scene.shared.id), "already-copied");
}

#[test]
fn an_equal_contact_of_the_tenant_prevents_a_copy() {
    let scene = scene();
    let holder = NewContact::new(Network::SMS_DIRECT, "Old", "Record").identifier("crm", "7");
    let holder = scene.desk.add(holder).unwrap().id;
    let error = scene.desk.copy_to_tenant(scene.shared.id).unwrap_err();
    assert!(matches!(error, Error::Duplicate { holder: found, .. } if found == holder), "{error}");
    assert_eq!(advisors(&scene.desk, scene.shared.id), [scene.ada, scene.eve], "nothing was written");
    assert!(scene.store.check().unwrap().is_ok());
}

#[test]
fn copying_needs_the_permission_to_create_contacts() {
    let scene = scene();
    let bob = scene.desk.directory().add_advisor(NewAdvisor::new("Bob", "")).unwrap().id;
    assert_eq!(scene.advisor(bob).copy_to_tenant(scene.shared.id).unwrap_err().code(), "no-contact");
    scene.desk.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    assert_eq!(scene.advisor(scene.ada).copy_to_tenant(scene.shared.id).unwrap_err().code(), "forbidden");
    scene.desk.remove(scene.shared.id).unwrap();
    assert_eq!(scene.refused(scene.shared.id), "no-contact", "in the trash");
    assert!(matches!(scene.desk.copy_to_tenant(ContactId(1)), Err(Error::NoContact(_))));
}

#[test]
fn a_copy_keeps_an_own_advisor_of_its_own_tenant_only() {
    let scene = scene();
    let own = person(Network::SMS).shared().own_advisor(scene.ada);
    let own = scene.desk.add(own).unwrap().id;
    assert_eq!(scene.desk.copy_to_tenant(own).unwrap().contact.own_advisor, Some(scene.ada));
    assert_eq!(
        scene.desk.clone().in_tenant(scene.away).copy_to_tenant(own).unwrap().contact.own_advisor,
        None
    );
    assert!(RuleViolation::AlreadyCopied.to_string().contains("already"));
}
