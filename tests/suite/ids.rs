//! Ids are small, stable and never used again. A contact without a UID has a generated one.

use cardex::contacts::{AddManyOptions, ImportOutcome, MergeOptions};
use cardex::{
    AdvisorId, Contact, ContactId, ContactPatch, Error, Field, Network, NewAdvisor, NewContact, Session,
    limits,
};
use tempfile::tempdir;

use crate::support::{new, open_store, options};

#[test]
fn ids_count_from_1_and_are_not_used_again() {
    let (store, session) = open_store();
    assert_eq!(session.directory().tenant().unwrap().id.0, 1, "the default tenant");
    let ids: Vec<i64> = ["Ada", "Bea", "Cid"].map(|name| session.add(new(name, "X")).unwrap().id.0).into();
    assert_eq!(ids, [1, 2, 3]);
    session.remove(ContactId(3)).unwrap();
    session.purge(ContactId(3)).unwrap();
    assert_eq!(session.add(new("Dan", "X")).unwrap().id, ContactId(4), "3 was the last one");

    let note = |text: &str| session.notes(ContactId(1)).add(text).unwrap().id;
    let first = note("one");
    session.notes(ContactId(1)).delete(first).unwrap();
    assert_eq!((first.0, note("two").0), (1, 2));
    assert_eq!(session.tags().add(cardex::tags::TagPatch::new().name("vip")).unwrap().id.0, 1);
    assert_eq!(session.channels().add("api", "Web").unwrap().id.0, 1);
    assert_eq!(session.directory().add_group("north").unwrap().id.0, 1);
    let merged = session.merge(ContactId(1), ContactId(2), MergeOptions::new()).unwrap();
    assert_eq!((merged.contact.id, merged.merge.0), (ContactId(1), 1));
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn hosts_choose_ids_of_advisors_up_to_the_limit() {
    let (_store, session) = open_store();
    let add = |id: Option<i64>| {
        let new = NewAdvisor::new("Ada", "Ash");
        session.directory().add_advisor(match id {
            Some(id) => new.id(AdvisorId(id)),
            None => new,
        })
    };
    assert_eq!(add(Some(limits::ID)).unwrap().id.0, limits::ID);
    assert_eq!(add(Some(3)).unwrap().id.0, 3);
    assert_eq!(add(None).unwrap().id.0, 4, "3 is taken");
    for outside in [limits::ID + 1, 0, -1] {
        assert!(
            matches!(add(Some(outside)), Err(Error::Invalid { field: Field::Advisors, .. })),
            "{outside}"
        );
    }
}

fn is_uuid_of_version_7(uid: &str) -> bool {
    uid.len() == 36 && uid.as_bytes()[14] == b'7' && b"89ab".contains(&uid.as_bytes()[19])
}

fn import(session: &Session, record: NewContact) -> ImportOutcome {
    let options = AddManyOptions::new().update(true);
    let mut outcome = None;
    session.add_many([record], options, |_, done| outcome = Some(done)).unwrap();
    outcome.unwrap()
}

#[test]
fn a_contact_without_uid_gets_one_that_stays() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.cardex");
    let store = options(1).open(&path).unwrap();
    let session = store.session(cardex::Actor::System);
    let ada = session.add(new("Ada", "Ash").phone("+33612345678")).unwrap();
    assert!(is_uuid_of_version_7(&ada.uid), "{}", ada.uid);
    let bea = session.add(new("Bea", "Birch")).unwrap();
    assert_ne!(ada.uid, bea.uid);
    let edited = session.edit(ada.id, ContactPatch::new().company("Acme")).unwrap();
    assert_eq!(edited.uid, ada.uid);
    drop(store);
    let store = options(2).open(&path).unwrap();
    let session = store.session(cardex::Actor::System);
    assert_eq!(session.get(ada.id).unwrap().unwrap().uid, ada.uid, "after the book was opened again");

    let other = options(3).open_in_memory().unwrap();
    let away = other.session(cardex::Actor::System).add(new("Ada", "Ash")).unwrap();
    assert_ne!(away.uid, ada.uid, "another book has other UIDs");
}

#[test]
fn imports_match_generated_uids() {
    let (store, session) = open_store();
    let ada = session.add(new("Ada", "Ash")).unwrap();
    let named = |uid: &str, first: &str| new(first, "Renamed").uid(uid);
    // Back into the same book: the same contact, and the UID stays a generated one.
    assert!(
        matches!(import(&session, named(&ada.uid, "Eva")), ImportOutcome::Updated { contact, .. } if contact == ada.id)
    );
    assert!(matches!(import(&session, named(&ada.uid, "Eva")), ImportOutcome::Unchanged(id) if id == ada.id));
    assert_eq!(session.get(ada.id).unwrap().unwrap().uid, ada.uid);
    // Into another book: it keeps the UID, and is matched by it.
    let other = options(9).open_in_memory().unwrap();
    let away = other.session(cardex::Actor::System);
    let ImportOutcome::Added(copy) = import(&away, named(&ada.uid, "Eva")) else { panic!("not added") };
    assert_eq!(away.get(copy).unwrap().unwrap().uid, ada.uid);
    assert!(
        matches!(import(&away, named(&ada.uid, "Zoe")), ImportOutcome::Updated { contact, .. } if contact == copy)
    );
    assert!(store.check().unwrap().is_ok() && other.check().unwrap().is_ok());
}

#[test]
fn a_generated_uid_belongs_to_its_contact() {
    let (store, session) = open_store();
    let ada = session.add(new("Ada", "Ash")).unwrap();
    let duplicate = |found: Result<Contact, Error>| match found {
        Err(Error::Duplicate { field: Field::Uid, holder }) => holder.unwrap(),
        found => panic!("{found:?}"),
    };
    assert_eq!(duplicate(session.add(new("Eva", "Elm").uid(ada.uid.as_str()))), ada.id);
    let bea = session.add(new("Bea", "Birch")).unwrap();
    assert_eq!(duplicate(session.edit(bea.id, ContactPatch::new().uid(ada.uid.as_str()))), ada.id);
    // Its own UID changes nothing.
    let same = session.edit(ada.id, ContactPatch::new().uid(ada.uid.as_str())).unwrap();
    assert_eq!((same.version, &same.uid), (ada.version, &ada.uid));
    // In the trash it is free. Then the contact cannot be restored.
    session.remove(ada.id).unwrap();
    let taken = session.add(new("Eva", "Elm").uid(ada.uid.as_str())).unwrap();
    assert_eq!(duplicate(session.restore(ada.id)), taken.id);
    // On another network it is free.
    session.add(NewContact::new(Network::WHATSAPP_DIRECT, "Fay", "Fir").uid(bea.uid.as_str())).unwrap();
    assert!(store.check().unwrap().is_ok());
}
