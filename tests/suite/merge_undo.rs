//! Undoing merges.

use crate::merge::{merge, state_of};
use crate::support::invariants::check_invariants;
use crate::support::{ManualClock, new, open_store, options};
use cardex::attributes::AttributeNamespace::Custom;
use cardex::tags::{TagPatch, UnknownTagPolicy};
use cardex::{Actor, ContactId, ContactPatch, ContactUpdate, Network, NewAdvisor, NewContact, Session};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

#[test]
fn later_edits_stay() {
    let (store, session) = open_store();
    let anna = session.add(new("Anna", "")).unwrap().id;
    let beth = session
        .add(new("Beth", "").company("Acme").city("Rome").email("b@x.org").phone("+33612345678"))
        .unwrap()
        .id;
    session.tags().set(beth, &["vip", "old"], UnknownTagPolicy::Create).unwrap();
    let value = |id, key: &str, value: &str| {
        session.update(id, ContactUpdate::new(ContactPatch::new()).set_attribute(Custom, key, value)).unwrap()
    };
    value(beth, "plan", "gold");
    value(beth, "size", "big");
    let before = state_of(&session, beth);
    let merger = merge(&session, anna, beth).unwrap().merge;
    session
        .edit(anna, ContactPatch::new().company("Zoo").last_name("Ash").emails(["b@x.org", "new@x.org"]))
        .unwrap();
    value(anna, "plan", "silver");
    session.tags().detach(anna, session.tags().named("old").unwrap().unwrap().id).unwrap();
    session.tags().add(TagPatch::new().name("mine")).unwrap();
    session.tags().attach(anna, session.tags().named("mine").unwrap().unwrap().id).unwrap();
    let note = session.notes(anna).add("since").unwrap();
    let back = session.unmerge(merger).unwrap();
    let now = back.survivor;
    assert_eq!((&*now.company, &*now.last_name, &*now.city), ("Zoo", "Ash", ""));
    assert_eq!(now.emails.iter().map(|email| &*email.text).collect::<Vec<_>>(), ["new@x.org"]);
    assert_eq!(now.phones, []);
    let after = state_of(&session, anna);
    assert_eq!((&after["tags"], &after["values"]), (&json!(["mine"]), &json!([["plan", "silver"]])));
    assert_eq!(session.notes(anna).list().page().unwrap().items, [note]);
    assert_eq!(state_of(&session, beth), before);
    check_invariants(&store);
}

/// Regression test: the order of two merges was decided by their ids, which depend on the clock. With different clocks
/// in two processes, the earlier merge could be undone and the later one could not.
#[test]
fn merges_are_ordered_by_sequence_and_not_by_time() {
    let folder = tempfile::tempdir().unwrap();
    let (ahead, behind) = (ManualClock::new(), ManualClock::new());
    ahead.0.fetch_add(3_600_000, Ordering::Relaxed);
    let open = |clock: &ManualClock, seed| {
        let options = options(seed).clock(ManualClock(clock.0.clone()));
        options.open(folder.path().join("book.cardex")).unwrap()
    };
    let (one, other) = (open(&ahead, 1), open(&behind, 2));
    let (session, late) = (one.session(Actor::System), other.session(Actor::System));
    let [ada, bob, cid] =
        ["Ada", "Bob", "Cid"].map(|name| session.add(new(name, "").email(format!("{name}@x"))).unwrap().id);
    let first = merge(&session, ada, bob).unwrap().merge;
    let second = merge(&late, ada, cid).unwrap().merge;
    assert!(second > first, "the ids have the order of the merges, not that of the clocks");
    let reported: Vec<_> = session.merge_history(ada).unwrap().into_iter().map(|merger| merger.id).collect();
    assert_eq!(reported, [second, first], "the last one first");
    let refused = session.unmerge(first).unwrap_err().to_string();
    assert_eq!(refused, format!("merge {second} came later; undo it first"));
    late.unmerge(second).unwrap();
    session.unmerge(first).unwrap();
    check_invariants(&one);
}

#[test]
fn merges_are_undone_once_and_in_reverse_order() {
    let (store, session) = open_store();
    let [anna, beth, carl, dora] = ["Anna", "Beth", "Carl", "Dora"]
        .map(|name| session.add(new(name, "").email(format!("{name}@x"))).unwrap().id);
    let first = merge(&session, beth, anna).unwrap().merge;
    let second = merge(&session, carl, beth).unwrap().merge;
    let third = merge(&session, carl, dora).unwrap().merge;
    let refused = |merger| session.unmerge(merger).unwrap_err().to_string();
    assert_eq!(refused(first), format!("merge {second} came later; undo it first"));
    assert_eq!(refused(second), format!("merge {third} came later; undo it first"));
    for merger in [third, second, first] {
        session.unmerge(merger).unwrap();
        assert_eq!(session.unmerge(merger).unwrap_err().code(), "already-undone");
    }
    for id in [anna, beth, carl, dora] {
        assert_eq!(session.get(id).unwrap().unwrap().emails.len(), 1);
    }
    assert!(session.merge_history(beth).unwrap().iter().all(|merger| merger.undone_at.is_some()));
    check_invariants(&store);
}

/// A contact with the values that the property compares: company, city, nickname, an e-mail address, a tag, a value, a
/// note, a link.
pub(crate) fn partial_contact(
    session: &Session,
    name: &str,
    parts: u8,
    advisor: cardex::AdvisorId,
) -> ContactId {
    let on = |bit: u8| parts >> bit & 1 == 1;
    let mut made = new(name, "");
    if on(0) {
        made = made.company(format!("{name} Inc"));
    }
    if on(1) {
        made = made.city(format!("{name}town"));
    }
    if on(2) {
        made = made.nickname(format!("{name}ny"));
    }
    if on(3) {
        made = made.email(format!("{name}@x.org"));
    }
    if on(7) {
        made = made.advisor(advisor);
    }
    let id = session.add(made).unwrap().id;
    if on(4) {
        session.tags().set(id, &["t", name], UnknownTagPolicy::Create).unwrap();
    }
    if on(5) {
        session.update(id, ContactUpdate::new(ContactPatch::new()).set_attribute(Custom, "v", name)).unwrap();
    }
    if on(6) {
        session.notes(id).add(name).unwrap();
    }
    id
}

/// Edits of the survivor, each with its effect on the expected data.
pub(crate) fn edit(session: &Session, id: ContactId, which: u8, model: &mut Value) {
    let patch = |patch: ContactPatch| drop(session.edit(id, patch).unwrap());
    match which {
        0 => {
            patch(ContactPatch::new().company("Edited"));
            model["contact"]["company"] = json!("Edited");
        }
        1 => {
            patch(ContactPatch::new().city("Edited"));
            model["contact"]["city"] = json!("Edited");
        }
        2 => {
            patch(ContactPatch::new().last_name("Edited"));
            model["contact"]["lastName"] = json!("Edited");
            model["contact"]["displayName"] = json!("Anna Edited");
        }
        3 => {
            session
                .update(id, ContactUpdate::new(ContactPatch::new()).set_attribute(Custom, "v", "Edited"))
                .unwrap();
            model["values"] = json!([["v", "Edited"]]);
        }
        _ => {
            session.notes(id).add("Edited").unwrap();
            model["notes"].as_array_mut().unwrap().insert(0, json!("Edited"));
        }
    }
}

/// Undoing removes consent and own advisor if the merge set them, and keeps those of the survivor.
#[test]
fn undoing_a_merge_removes_exactly_what_it_filled() {
    use cardex::contacts::Consent;
    let (_store, session) = open_store();
    let me = session.directory().add_advisor(NewAdvisor::new("Me", "").email("me@x")).unwrap().id;
    let network = Network::new("ASKING").unwrap();
    session
        .directory()
        .add_network(&cardex::directory::NetworkPolicy::new(network.clone()).asks_consent(true))
        .unwrap();
    let bare = || NewContact::new(network.clone(), "Ada", "Ash");
    for (own, others) in [(Some(Consent::OptedIn), None), (None, Some(Consent::OptedOut))] {
        let with = |consent: Option<Consent>| {
            let made = session.add(bare()).unwrap().id;
            if let Some(consent) = consent {
                session.edit(made, ContactPatch::new().consent(consent)).unwrap();
            }
            made
        };
        let (survivor, absorbed) = (with(own), with(others));
        let merged = merge(&session, survivor, absorbed).unwrap();
        let consent = || session.get(survivor).unwrap().unwrap().consent;
        assert_eq!(consent(), own.or(others));
        session.unmerge(merged.merge).unwrap();
        assert_eq!(consent(), own);
    }
    for is_survivor in [true, false] {
        let (myself, other) =
            (session.add(bare().own_advisor(me)).unwrap().id, session.add(bare()).unwrap().id);
        let (survivor, absorbed) = if is_survivor { (myself, other) } else { (other, myself) };
        let merged = merge(&session, survivor, absorbed).unwrap();
        let own = |id| session.get(id).unwrap().unwrap().own_advisor;
        assert_eq!(own(survivor), Some(me));
        session.unmerge(merged.merge).unwrap();
        assert_eq!((own(myself), own(other)), (Some(me), None));
    }
}
