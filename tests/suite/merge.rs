//! Merging two contacts, and its undoing.

use crate::merge_undo::{edit, partial_contact};
use crate::support::invariants::check_invariants;
use crate::support::{SMS, new, open_store};
use cardex::attributes::AttributeNamespace::Custom;
use cardex::changes::ChangeKind;
use cardex::contacts::{MergeOptions, MergeResult};
use cardex::conversations::{ConversationKind, NewConversation};
use cardex::tags::UnknownTagPolicy;
use cardex::{
    Actor, ContactId, ContactPatch, ContactUpdate, Error, Field, Network, NewAdvisor, NewContact, Result,
    Session, Store,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// All data of a contact except the time of its last change.
pub(crate) fn state_of(session: &Session, id: ContactId) -> Value {
    let mut contact = serde_json::to_value(session.get(id).unwrap().unwrap()).unwrap();
    let fields = contact.as_object_mut().unwrap();
    fields.remove("version");
    fields.remove("updatedAt");
    let mut tags: Vec<_> =
        session.tags().of(&[id]).unwrap().remove(0).into_iter().map(|tag| tag.name).collect();
    tags.sort();
    let values = session.attributes().of(&[id]).unwrap().remove(0);
    let values: Vec<_> = values.into_iter().map(|value| json!([value.key, value.value])).collect();
    let notes = session.notes(id).list().page().unwrap().items;
    let identities = session.channels().identities_of(id).page().unwrap().items;
    let funnels = session.funnels().of(id).page().unwrap().items;
    let conversations = session.conversations().of(id).unwrap();
    json!({
        "contact": contact, "tags": tags, "values": values, "links": session.links_of(&[id]).unwrap(),
        "card": session.card(id).unwrap(),
        "notes": notes.into_iter().map(|note| note.content).collect::<Vec<_>>(),
        "gates": identities.into_iter().map(|identity| identity.identifier).collect::<Vec<_>>(),
        "funnels": funnels.into_iter().map(|funnel| funnel.service_key).collect::<Vec<_>>(),
        "rooms": conversations.into_iter().map(|conversation| (conversation.external_id, conversation.members)).collect::<Vec<_>>(),
    })
}

pub(crate) fn merge(session: &Session, survivor: ContactId, absorbed: ContactId) -> Result<MergeResult> {
    session.merge(survivor, absorbed, MergeOptions::new())
}

/// A contact with a value of every kind; `x` makes the values of two contacts different.
pub(crate) fn full_contact(session: &Session, x: &str) -> ContactId {
    let n = x.bytes().next().unwrap() % 10;
    let advisor = session.directory().add_advisor(NewAdvisor::new(x, "")).unwrap().id;
    let made =
        new(x, "").company(format!("Co {x}")).phone(format!("+3361234560{n}")).email(format!("{x}@x.org"));
    let made = made.identifier(x, "1").advisor(advisor).card(format!("{{\"x\":\"{x}\"}}"));
    let id = session.add(made).unwrap().id;
    session.tags().set(id, &["both", x], UnknownTagPolicy::Create).unwrap();
    session
        .update(
            id,
            ContactUpdate::new(ContactPatch::new())
                .set_attribute(Custom, "both", x)
                .set_attribute(Custom, x, 1),
        )
        .unwrap();
    session.notes(id).add(&format!("note {x}")).unwrap();
    let channel = session.channels().list().page().unwrap().items.into_iter().next();
    let channel = channel.unwrap_or_else(|| session.channels().add("web", "").unwrap());
    session.channels().find_or_create_identity(channel.id, x, id).unwrap();
    for key in ["both", x] {
        let _ = session.funnels().add(key, "");
        session.funnels().join(id, key).unwrap();
    }
    if session.conversations().get("both").unwrap().is_none() {
        session
            .conversations()
            .add(&NewConversation::new("both", ConversationKind::MultiParty, SMS))
            .unwrap();
    }
    session.conversations().add_member("both", id).unwrap();
    session
        .conversations()
        .add(&NewConversation::new(x, ConversationKind::MultiParty, SMS).member(id))
        .unwrap();
    id
}

pub(crate) fn two_contacts() -> (Store, Session, ContactId, ContactId) {
    let (store, session) = open_store();
    session.substring_index().build(1_000).unwrap();
    let (anna, beth) = (full_contact(&session, "anna"), full_contact(&session, "beth"));
    (store, session, anna, beth)
}

#[test]
fn a_merge_fills_only_empty_fields_of_the_survivor() {
    let (store, session, anna, beth) = two_contacts();
    let (before, absorbed) = (state_of(&session, anna), state_of(&session, beth));
    let merged = merge(&session, anna, beth).unwrap();
    let after = state_of(&session, anna);
    assert_eq!(after["contact"]["company"], "Co anna");
    assert_eq!(after["contact"]["phones"].as_array().unwrap().len(), 2);
    assert_eq!(after["contact"]["phones"][0], before["contact"]["phones"][0]);
    assert_eq!(
        merged.contact.emails.iter().map(|email| &*email.text).collect::<Vec<_>>(),
        ["anna@x.org", "beth@x.org"]
    );
    assert_eq!(merged.contact.identifiers.len(), 2);
    assert_eq!(after["tags"], json!(["anna", "beth", "both"]));
    assert_eq!(after["values"], json!([["anna", 1], ["beth", 1], ["both", "anna"]]));
    assert_eq!(after["links"][0].as_array().unwrap().len(), 2);
    assert_eq!(after["notes"], json!(["note beth", "note anna"]));
    assert_eq!(after["gates"], json!(["anna", "beth"]));
    assert_eq!(after["funnels"], json!(["both", "anna", "beth"]));
    assert_eq!(after["rooms"], json!([["both", 1], ["anna", 1], ["beth", 1]]));
    assert_eq!(after["card"], before["card"]);
    check_invariants(&store);
    let back = session.unmerge(merged.merge).unwrap();
    assert_eq!((back.survivor.id, back.separated.id), (anna, beth));
    assert_eq!((state_of(&session, anna), state_of(&session, beth)), (before, absorbed));
    check_invariants(&store);
}

#[test]
fn a_merge_fills_names_only_if_the_survivor_has_none() {
    let (_store, session) = open_store();
    let bare = session.add(new("", "").phone("+33612345678")).unwrap().id;
    let first = session.add(new("Ada", "").language("fr")).unwrap().id;
    let full = session
        .add(new("Ida", "Byron").company("Acme").city("Rome").country("IT").language("it"))
        .unwrap()
        .id;
    let merged = merge(&session, first, full).unwrap().contact;
    assert_eq!((&*merged.first_name, &*merged.last_name, &*merged.language), ("Ada", "", "fr"));
    assert_eq!((&*merged.company, &*merged.city, &*merged.country), ("Acme", "Rome", "IT"));
    let merged = merge(&session, bare, first).unwrap().contact;
    assert_eq!((&*merged.first_name, &*merged.company), ("Ada", "Acme"));
}

#[test]
fn the_id_of_an_absorbed_contact_names_the_survivor() {
    let (store, session, anna, beth) = two_contacts();
    let seen_by = |name: &str| {
        let found = session.search(name).page().unwrap().items;
        found.into_iter().map(|hit| hit.contact.id).collect::<Vec<_>>()
    };
    assert_eq!(seen_by("bet"), [beth]);
    merge(&session, anna, beth).unwrap();
    let carl = session.add(new("Carl", "")).unwrap().id;
    merge(&session, carl, anna).unwrap();
    for id in [anna, beth] {
        for error in [
            session.get(id).unwrap_err(),
            session.edit(id, ContactPatch::new().company("x")).unwrap_err(),
            session.remove(id).unwrap_err(),
            session.restore(id).unwrap_err(),
            session.purge(id).unwrap_err(),
            session.notes(id).add("x").unwrap_err(),
        ] {
            assert!(matches!(error, Error::Merged { into } if into == carl), "{error}");
        }
        assert_eq!(session.survivor(id).unwrap(), carl);
    }
    assert_eq!(session.survivor(carl).unwrap(), carl);
    assert_eq!(seen_by("anna"), [carl], "by an address it was given");
    assert_eq!(session.contacts().total().unwrap(), 1);
    assert_eq!(session.contacts().trash().page().unwrap().items, []);
    assert_eq!(session.contacts().filter("tag = beth".parse().unwrap()).page().unwrap().items.len(), 1);
    for text in [format!("id = {beth}"), "tag = both".to_owned()] {
        if let Ok(filter) = text.parse() {
            let trash = session.contacts().trash().filter(filter).page().unwrap().items;
            assert_eq!(trash, [], "{text}");
        }
    }
    assert_eq!(
        session.find_by_phone(&SMS, "+33612345607", None).unwrap().map(|contact| contact.id),
        Some(carl)
    );
    assert!(session.links_of(&[beth]).unwrap()[0].is_empty());
    assert_eq!((session.stats().unwrap().contacts, session.stats().unwrap().trashed), (1, 0));
    assert_eq!(session.tags().named("both").unwrap().unwrap().contacts, 1);
    let reported: Vec<_> =
        session.merge_history(anna).unwrap().iter().map(|it| (it.survivor, it.absorbed)).collect();
    assert_eq!(reported, [(carl, anna), (anna, beth)]);
    check_invariants(&store);
}

#[test]
fn unmergeable_contacts_are_refused() {
    let (store, session) = open_store();
    let [anna, beth] =
        ["Anna", "Beth"].map(|name| session.add(new(name, "").identifier("crm", name)).unwrap().id);
    let code = |survivor, absorbed| merge(&session, survivor, absorbed).unwrap_err().code();
    assert_eq!(code(anna, anna), "same-contact");
    assert_eq!(code(anna, beth), "different-identifiers");
    let away = session.directory().add_tenant("away").unwrap().id;
    let there = session.clone().in_tenant(away).add(new("Eve", "")).unwrap().id;
    assert_eq!(code(anna, there), "different-tenants");
    let other = session.add(NewContact::new(Network::WHATSAPP_DIRECT, "Wes", "")).unwrap().id;
    assert_eq!(code(anna, other), "different-networks");
    let gone = session.add(new("Gus", "")).unwrap().id;
    session.remove(gone).unwrap();
    assert_eq!((code(anna, gone), code(gone, anna)), ("in-trash", "in-trash"));
    assert_eq!(code(anna, ContactId(999_999)), "no-contact");
    assert!(session.merge_history(anna).unwrap().is_empty(), "nothing was written");
    let reported = session.merge(anna, beth, MergeOptions::new().allow_different_identifiers(true)).unwrap();
    assert_eq!(reported.contact.identifiers.len(), 2);
    session.merge(anna, other, MergeOptions::new().allow_different_networks(true)).unwrap();
    check_invariants(&store);
}

#[test]
fn an_email_address_is_unique_case_insensitively() {
    let (store, session) = open_store();
    let [ada, bob] = [("Ada", "a@x.org"), ("Bob", "A@X.org")]
        .map(|(name, email)| session.add(new(name, "").email(email)).unwrap().id);
    let merged = merge(&session, ada, bob).unwrap();
    let emails: Vec<_> = merged.contact.emails.iter().map(|email| email.text.as_str()).collect();
    assert_eq!(emails, ["a@x.org"]);
    let back = session.unmerge(merged.merge).unwrap();
    assert_eq!((back.survivor.emails.len(), back.separated.emails[0].text.as_str()), (1, "A@X.org"));
    check_invariants(&store);
}

#[test]
fn purging_a_survivor_purges_its_absorbed_contacts() {
    let (store, session, anna, beth) = two_contacts();
    let carl = session.add(new("Carl", "")).unwrap().id;
    let first = merge(&session, anna, beth).unwrap().merge;
    merge(&session, carl, anna).unwrap();
    session.purge(carl).unwrap();
    for id in [anna, beth, carl] {
        assert_eq!(session.get(id).unwrap(), None);
    }
    assert_eq!(session.unmerge(first).unwrap_err().code(), "not-found");
    assert_eq!(
        session
            .changes()
            .limit(1_000)
            .page()
            .unwrap()
            .items
            .iter()
            .filter(|it| it.kind == ChangeKind::Purge)
            .count(),
        3
    );
    check_invariants(&store);
}

#[test]
fn a_value_taken_in_the_meantime_is_reported() {
    let (store, session) = open_store();
    let anna = session.add(new("Anna", "")).unwrap().id;
    let beth = session.add(new("Beth", "").identifier("crm", "1")).unwrap().id;
    let merger = merge(&session, anna, beth).unwrap().merge;
    session.edit(anna, ContactPatch::new().identifiers([])).unwrap();
    let carl = session.add(new("Carl", "").identifier("crm", "1")).unwrap().id;
    let refused = session.unmerge(merger).unwrap_err();
    assert!(
        matches!(refused, Error::Duplicate { field: Field::Identifier, holder: Some(holder) } if holder == carl),
        "{refused}"
    );
    session.purge(carl).unwrap();
    session.remove(anna).unwrap();
    assert_eq!(session.unmerge(merger).unwrap().separated.identifiers.len(), 1);
    assert!(session.get(anna).unwrap().unwrap().trashed_at.is_some(), "the survivor stays in the trash");
    check_invariants(&store);
}

#[test]
fn a_merge_logs_both_contacts() {
    let (_store, session, anna, beth) = two_contacts();
    let start = session.changes().limit(1_000).page().unwrap().next;
    let merger = merge(&session, anna, beth).unwrap().merge;
    session.unmerge(merger).unwrap();
    let reported = session.changes().after(start).page().unwrap().items;
    let reported: Vec<_> = reported
        .iter()
        .filter(|change| change.other.is_some())
        .map(|change| (change.kind, change.contact, change.other.unwrap(), change.fields.len()))
        .collect();
    // Phone, e-mail, identifier, tags, attributes.
    let expected = [
        (ChangeKind::Absorbed, beth, anna, 0),
        (ChangeKind::Merge, anna, beth, 5),
        (ChangeKind::Unmerge, anna, beth, 5),
        (ChangeKind::Separated, beth, anna, 0),
    ];
    assert_eq!(reported, expected);
}

#[test]
fn a_merge_that_fills_nothing_edits_no_field() {
    let (_store, session) = open_store();
    let [anna, beth] = ["Anna", "Beth"].map(|name| session.add(new(name, "X")).unwrap());
    let start = session.changes().page().unwrap().next;
    let merger = merge(&session, anna.id, beth.id).unwrap().merge;
    let merged = session.get(anna.id).unwrap().unwrap();
    let undone = session.unmerge(merger).unwrap().survivor;
    assert_eq!([anna.version + 1, anna.version + 2], [merged.version, undone.version]);
    assert!(anna.updated_at < merged.updated_at && merged.updated_at < undone.updated_at);
    let reported = session.changes().after(start).page().unwrap().items;
    assert!(reported.len() == 4 && reported.iter().all(|change| change.fields.is_empty()), "{reported:?}");
}

#[test]
fn advisors_merge_what_they_see() {
    let (store, session) = open_store();
    let [ada, bob] =
        ["Ada", "Bob"].map(|name| session.directory().add_advisor(NewAdvisor::new(name, "")).unwrap().id);
    let [one, two] = ["One", "Two"].map(|name| session.add(new(name, "").advisor(ada)).unwrap().id);
    let hidden = session.add(new("Hid", "").advisor(bob)).unwrap().id;
    let own = store.session(Actor::Advisor(ada));
    assert_eq!(merge(&own, one, hidden).unwrap_err().code(), "no-contact");
    let merger = merge(&own, one, two).unwrap().merge;
    assert_eq!(
        store.session(Actor::Advisor(bob)).get(two).unwrap(),
        None,
        "the error names no invisible contact"
    );
    assert_eq!(store.session(Actor::Advisor(bob)).unmerge(merger).unwrap_err().code(), "not-found");
    own.unmerge(merger).unwrap();
}

proptest! {
    #![proptest_config(crate::support::cases(96))]

    #[test]
    fn undoing_a_merge_keeps_later_edits(
        parts: (u8, u8),
        edits in prop::collection::vec(0_u8..5, 0..4),
        turns in 1_usize..3,
    ) {
        let (store, session) = open_store();
        session.substring_index().build(1_000).unwrap();
        let [ada, bob] = ["Ada", "Bob"].map(|name| session.directory().add_advisor(NewAdvisor::new(name, "")).unwrap().id);
        let (anna, beth) = (partial_contact(&session, "Anna", parts.0, ada), partial_contact(&session, "Beth", parts.1, bob));
        let (mut survivor, absorbed) = (state_of(&session, anna), state_of(&session, beth));
        for _ in 0..turns {
            let merger = merge(&session, anna, beth).unwrap().merge;
            check_invariants(&store);
            for which in &edits {
                edit(&session, anna, *which, &mut survivor);
            }
            session.unmerge(merger).unwrap();
            prop_assert_eq!(state_of(&session, anna), survivor.clone());
            prop_assert_eq!(state_of(&session, beth), absorbed.clone());
            check_invariants(&store);
        }
    }
}
