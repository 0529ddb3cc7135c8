//! Conversations, rule by rule.

use cardex::conversations::{ConversationKind, NewConversation};
use cardex::directory::TenantPolicy;
use cardex::entitlements::Permission;
use cardex::{
    Actor, AdvisorId, Contact, Error, Network, NewAdvisor, NewContact, RuleViolation, Session, Store, limits,
};

use crate::support::{SMS, new, open_store};

fn conversation(stream: &str) -> NewConversation {
    NewConversation::new(stream, ConversationKind::MultiParty, SMS)
}

fn streams(session: &Session, contact: &Contact) -> Vec<String> {
    session
        .conversations()
        .of(contact.id)
        .unwrap()
        .into_iter()
        .map(|conversation| conversation.external_id)
        .collect()
}

/// A store with an advisor and one linked contact.
fn fixture() -> (Store, Session, AdvisorId, Contact) {
    let (store, session) = open_store();
    let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
    let anna = session.add(new("Anna", "X").company("Acme").advisor(ada)).unwrap();
    (store, session, ada, anna)
}

#[test]
fn the_host_reports_conversations_and_members() {
    let (_store, session, ada, anna) = fixture();
    let beth = session.add(new("Beth", "X")).unwrap();
    let group = session.directory().add_group("North").unwrap().id;
    let added = conversation("s1").advisor(ada).group(group).name(" Review ").member(anna.id);
    let added = session.conversations().add(&added).unwrap();
    assert_eq!(
        (added.kind, added.network.clone(), added.group, added.advisor),
        (ConversationKind::MultiParty, SMS, Some(group), Some(ada))
    );
    assert_eq!((added.name.as_str(), added.members), ("Review", 1));
    assert_eq!(session.conversations().get("s1").unwrap(), Some(added.clone()));
    assert!(
        session.conversations().add_member("s1", beth.id).unwrap()
            && !session.conversations().add_member("s1", beth.id).unwrap()
    );
    let now = session.conversations().get("s1").unwrap().unwrap();
    assert!(now.members == 2 && now.updated_at > added.updated_at && now.created_at == added.created_at);
    assert_eq!(session.conversations().members("s1").unwrap(), [anna.id, beth.id]);
    assert!(
        session.conversations().remove_member("s1", anna.id).unwrap()
            && !session.conversations().remove_member("s1", anna.id).unwrap()
    );
    assert_eq!((streams(&session, &anna), streams(&session, &beth)), (vec![], vec!["s1".to_owned()]));
    session.conversations().delete("s1").unwrap();
    assert_eq!(session.conversations().get("s1").unwrap(), None);
    assert_eq!(streams(&session, &beth), [""; 0]);
    assert!(matches!(session.conversations().delete("s1"), Err(Error::NoConversation)));
    session.conversations().add(&conversation("s1")).unwrap();
}

#[test]
fn an_external_id_belongs_to_one_conversation() {
    let (_store, session, ..) = fixture();
    session.conversations().add(&conversation("s1")).unwrap();
    assert_eq!(session.conversations().add(&conversation("s1")).unwrap_err().code(), "exists");
    assert_eq!(session.conversations().add(&conversation("")).unwrap_err().code(), "invalid");
    assert_eq!(
        session
            .conversations()
            .add(&conversation(&"x".repeat(limits::CONVERSATION_ID + 1)))
            .unwrap_err()
            .code(),
        "invalid"
    );
}

#[test]
fn a_name_has_fifty_characters() {
    let (_store, session, ..) = fixture();
    assert_eq!(
        session.conversations().add(&conversation("s1").name("é".repeat(51))).unwrap_err().code(),
        "invalid"
    );
    session.conversations().add(&conversation("s1").name("é".repeat(50))).unwrap();
}

#[test]
fn networks_are_not_mixed() {
    let (_store, session, _, anna) = fixture();
    let other = session.add(NewContact::new(Network::WHATSAPP_DIRECT, "Wes", "X")).unwrap();
    let refused =
        session.conversations().add(&conversation("s1").member(anna.id).member(other.id)).unwrap_err();
    assert!(matches!(refused, Error::Rule(RuleViolation::MixedNetworks)));
    assert_eq!(session.conversations().get("s1").unwrap(), None, "nothing was written");
    session.conversations().add(&conversation("s1").member(anna.id)).unwrap();
    assert_eq!(session.conversations().add_member("s1", other.id).unwrap_err().code(), "mixed-networks");
    let closed = NewConversation::new("s2", ConversationKind::MultiParty, Network::new("SIGNAL").unwrap());
    assert_eq!(session.conversations().add(&closed).unwrap_err().code(), "no-network");
    let nowhere = NewConversation::new("s3", ConversationKind::MultiParty, Network::BOOK);
    assert_eq!(
        session.conversations().add(&nowhere).unwrap_err().to_string(),
        "network: a contact on BOOK cannot have this"
    );
}

#[test]
fn companies_mix_in_a_conversation_by_permission_only() {
    let (store, session, ada, anna) = fixture();
    let same = session.add(new("Beth", "X").company("ACME").advisor(ada)).unwrap();
    let blank = session.add(new("Carl", "X").advisor(ada)).unwrap();
    let other = session.add(new("Dora", "X").company("Zoo").advisor(ada)).unwrap();
    let own = store.session(Actor::Advisor(ada));
    own.conversations().add(&conversation("s1").member(anna.id).member(same.id).member(blank.id)).unwrap();
    let refused = own.conversations().add_member("s1", other.id).unwrap_err();
    assert!(refused.to_string().contains(Permission::AddMultiCompanyContact.as_str()), "{refused}");
    assert_eq!(
        own.conversations().add(&conversation("s2").member(anna.id).member(other.id)).unwrap_err().code(),
        "forbidden"
    );
    assert!(session.conversations().add_member("s1", other.id).unwrap(), "administrators may");
}

#[test]
fn reporting_conversations_needs_a_permission() {
    let (store, session, ada, anna) = fixture();
    let own = store.session(Actor::Advisor(ada));
    own.conversations().add(&conversation("s1").member(anna.id)).unwrap();
    session.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    for reported in [
        own.conversations().add(&conversation("s2")).map(drop),
        own.conversations().add_member("s1", anna.id).map(drop),
        own.conversations().remove_member("s1", anna.id).map(drop),
        own.conversations().delete("s1"),
    ] {
        assert_eq!(reported.unwrap_err().code(), "forbidden");
    }
    session.directory().set_tenant_policy(&TenantPolicy::new()).unwrap();
    session.directory().set_network_open(&SMS, None, false).unwrap();
    assert_eq!(own.conversations().add(&conversation("s2")).unwrap_err().code(), "network-closed");
}

#[test]
fn a_one_to_one_conversation_has_one_contact() {
    let (_store, session, _, anna) = fixture();
    let beth = session.add(new("Beth", "X")).unwrap();
    session
        .conversations()
        .add(&NewConversation::new("im", ConversationKind::OneToOne, SMS).member(anna.id))
        .unwrap();
    assert!(!session.conversations().add_member("im", anna.id).unwrap());
    assert_eq!(session.conversations().add_member("im", beth.id).unwrap_err().code(), "invalid");
    session.conversations().remove_member("im", anna.id).unwrap();
    assert!(session.conversations().add_member("im", beth.id).unwrap());
}

#[test]
fn members_must_exist_in_the_tenant() {
    let (store, session, ada, anna) = fixture();
    let away = session.directory().add_tenant("away").unwrap().id;
    let there = session.clone().in_tenant(away).add(new("Eve", "X")).unwrap();
    let hidden = session.add(new("Hugo", "X")).unwrap();
    session.conversations().add(&conversation("s1").advisor(ada)).unwrap();
    assert_eq!(session.conversations().add_member("s1", there.id).unwrap_err().code(), "no-contact");
    let own = store.session(Actor::Advisor(ada));
    assert_eq!(own.conversations().add_member("s1", hidden.id).unwrap_err().code(), "no-contact");
    session.remove(anna.id).unwrap();
    assert_eq!(session.conversations().add_member("s1", anna.id).unwrap_err().code(), "no-contact");
    let many = (0..=limits::CONVERSATION_MEMBERS)
        .fold(conversation("s2"), |conversation, _| conversation.member(hidden.id));
    assert_eq!(session.conversations().add(&many).unwrap_err().code(), "invalid");
}

#[test]
fn an_advisor_sees_their_own_conversations() {
    let (store, session, ada, anna) = fixture();
    let bob = session.directory().add_advisor(NewAdvisor::new("Bob", "")).unwrap().id;
    let [own, other] = [ada, bob].map(|advisor| store.session(Actor::Advisor(advisor)));
    assert_eq!(own.conversations().add(&conversation("s1").member(anna.id)).unwrap().advisor, Some(ada));
    assert_eq!(own.conversations().add(&conversation("s2").advisor(bob)).unwrap_err().code(), "forbidden");
    session.conversations().add(&conversation("s3").advisor(bob).member(anna.id)).unwrap();
    assert_eq!(
        (own.conversations().get("s3").unwrap(), other.conversations().get("s1").unwrap()),
        (None, None)
    );
    assert_eq!(streams(&own, &anna), ["s1"]);
    assert_eq!(streams(&session, &anna), ["s1", "s3"]);
    assert_eq!(own.conversations().members("s3").unwrap_err().code(), "no-conversation");
    assert_eq!(other.conversations().delete("s1").unwrap_err().code(), "no-conversation");
}

#[test]
fn a_conversation_moves_between_active_groups_of_its_network() {
    let (_store, session, ..) = fixture();
    let [north, south] = ["North", "South"].map(|name| session.directory().add_group(name).unwrap().id);
    session.directory().set_network_open(&SMS, Some(south), false).unwrap();
    session.conversations().add(&conversation("s1")).unwrap();
    assert_eq!(session.conversations().move_to_group("s1", Some(north)).unwrap().group, Some(north));
    assert_eq!(session.conversations().move_to_group("s1", Some(south)).unwrap_err().code(), "group-closed");
    assert_eq!(
        session.conversations().add(&conversation("s2").group(south)).unwrap_err().code(),
        "group-closed"
    );
    assert_eq!(session.conversations().get("s1").unwrap().unwrap().group, Some(north));
    assert_eq!(session.conversations().move_to_group("s1", None).unwrap().group, None);
    assert_eq!(
        session
            .conversations()
            .move_to_group("s1", Some(cardex::directory::GroupId(999_999)))
            .unwrap_err()
            .code(),
        "not-found"
    );
    assert_eq!(session.conversations().move_to_group("none", None).unwrap_err().code(), "no-conversation");
}

#[test]
fn a_purged_contact_is_in_no_conversation() {
    let (store, session, _, anna) = fixture();
    session.conversations().add(&conversation("s1").member(anna.id)).unwrap();
    session.purge(anna.id).unwrap();
    assert_eq!(session.conversations().get("s1").unwrap().unwrap().members, 0);
    assert!(store.check().unwrap().is_ok());
}
