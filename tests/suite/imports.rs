//! Imports that are recorded: expected contacts, undoing, permissions, limits, purge, damage.

use cardex::attributes::AttributeNamespace::Custom;
use cardex::contacts::{AddManyOptions, ImportItem, ImportOutcome, ImportTarget};
use cardex::imports::{ImportId, ImportState, UndoOutcome};
use cardex::{
    Actor, Contact, ContactId, ContactPatch, ContactUpdate, Error, Field, Network, NewAdvisor, NewContact,
    Session, limits,
};
use tempfile::tempdir;

use crate::support::{new, open_store, options, store_at};

fn import(session: &Session, items: Vec<ImportItem>) -> (ImportId, Vec<ImportOutcome>) {
    let id = session.imports().begin("a file").unwrap().id;
    let options = AddManyOptions::new().update(true).accept_any_phone(true).record_in(id).batch(2);
    let mut outcomes = Vec::new();
    session.add_many(items, options, |_, outcome| outcomes.push(outcome)).unwrap();
    (id, outcomes)
}

/// Undoes an import two contacts at a time. Returns each outcome as a letter.
fn undo(session: &Session, id: ImportId) -> Vec<(ContactId, char)> {
    let mut all = Vec::new();
    loop {
        let progress = session.imports().undo_batch(id, 2).unwrap();
        assert!(progress.outcomes.len() <= 2);
        let over = progress.is_over();
        all.extend(progress.outcomes.into_iter().map(|(contact, outcome)| match outcome {
            UndoOutcome::Trashed => (contact, 'r'),
            UndoOutcome::Restored => (contact, 'o'),
            UndoOutcome::Changed => (contact, 'c'),
            UndoOutcome::Rejected(_) => (contact, 'x'),
            other => panic!("{other:?}"),
        }));
        if over {
            return all;
        }
    }
}

/// Everything about a contact except its version and times.
fn state(session: &Session, id: ContactId) -> String {
    let Contact { first_name, last_name, company, phones, emails, identifiers, uid, status, .. } =
        session.get(id).unwrap().unwrap();
    let phones: Vec<_> = phones.iter().map(|phone| (&phone.text, &phone.normalized, &phone.label)).collect();
    let emails: Vec<_> = emails.iter().map(|email| (&email.text, &email.label)).collect();
    let identifiers: Vec<_> = identifiers.iter().map(|one| (&one.namespace, &one.value)).collect();
    let tags: Vec<_> = session.tags().of(&[id]).unwrap().concat().into_iter().map(|tag| tag.name).collect();
    let values = session.attributes().of(&[id]).unwrap().concat();
    let values: Vec<_> = values.into_iter().map(|value| (value.key, value.value)).collect();
    let links = session.links_of(&[id]).unwrap();
    format!(
        "{first_name} {last_name} {company} {phones:?} {emails:?} {identifiers:?} {uid} {status:?} {tags:?} {values:?} {links:?} {:?}",
        session.card(id).unwrap()
    )
}

#[test]
fn undoing_removes_what_was_added_and_restores_what_was_changed() {
    let (store, session) = open_store();
    let advisor = session.directory().add_advisor(NewAdvisor::new("Eve", "A")).unwrap().id;
    let ada = new("Ada", "Ash").uid("a").phone("+33612345678").company("Acme").tag("old");
    let ada = ada.attribute(Custom, "plan", "gold").card("{\"note\":\"before\"}");
    let ada = session.add(ada).unwrap().id;
    let bob = session.add(new("Bob", "Birch").uid("b").email("bob@example.com")).unwrap().id;
    let same = session.add(new("Cid", "Cole").uid("c")).unwrap().id;
    let before = [ada, bob, same].map(|id| state(&session, id));
    let records = vec![
        new("Dan", "Dorn"),
        new("Ada", "Ash")
            .uid("a")
            .company("Globex")
            .phone("no number")
            .tag("new")
            .advisor(advisor)
            .attribute(Custom, "plan", "silver")
            .attribute(Custom, "since", 2020)
            .card("{\"note\":\"after\"}"),
        new("Eva", "Elm").tag("new").phone("+33612345601"),
        new("Bob", "Birch").uid("b").email("bob@example.org").card("{\"note\":\"b\"}"),
        new("Cid", "Cole").uid("c"),
        // The second records of contacts that this import has added and changed.
        new("Eva", "Elm").phone("+33612345601").company("Acme"),
        new("Ada", "Ash").uid("a").tag("newer").city("Lyon").attribute(Custom, "since", 2021),
    ];
    let (id, outcomes) = import(&session, records.into_iter().map(Into::into).collect());
    let fields = |at: usize| match &outcomes[at] {
        ImportOutcome::Updated { fields, .. } => fields.clone(),
        other => panic!("{other:?}"),
    };
    let changed =
        [Field::Company, Field::Phone, Field::Card, Field::Tags, Field::Attributes, Field::Advisors];
    assert_eq!(fields(1), changed);
    assert_eq!((fields(3), fields(5)), (vec![Field::Email, Field::Card], vec![Field::Company]));
    let run = session.imports().get(id).unwrap();
    assert_eq!(
        (run.name.as_str(), run.state, run.added, run.updated),
        ("a file", ImportState::Recorded, 2, 4)
    );
    let added: Vec<ContactId> = outcomes
        .iter()
        .filter_map(|outcome| if let ImportOutcome::Added(id) = outcome { Some(*id) } else { None })
        .collect();

    let expected = [(added[0], 'r'), (added[1], 'r'), (ada, 'o'), (bob, 'o')];
    assert_eq!(undo(&session, id), expected);
    assert_eq!([ada, bob, same].map(|id| state(&session, id)), before);
    assert!(added.iter().all(|id| session.get(*id).unwrap().unwrap().trashed_at.is_some()));
    assert_eq!(session.imports().get(id).unwrap().state, ImportState::Undone);
    assert_eq!(undo(&session, id), [], "once");
    let error = session.add_many([new("Z", "")], AddManyOptions::new().record_in(id), |_, _| ()).unwrap_err();
    assert_eq!(error.code(), "import-undone");
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn contacts_that_changed_since_stay() {
    let (store, session) = open_store();
    let [ada, bob, cid] = ["Ada", "Bob", "Cid"].map(|name| session.add(new(name, "A").uid(name)).unwrap().id);
    let records = ["Ada", "Bob", "Cid", "Dan", "Eva", "Fay", "Gus"];
    let records = records.map(|name| new(name, "A").uid(name).company("Acme").into());
    let (id, outcomes) = import(&session, records.to_vec());
    let added: Vec<ContactId> = outcomes
        .iter()
        .filter_map(|outcome| if let ImportOutcome::Added(id) = outcome { Some(*id) } else { None })
        .collect();
    session.edit(ada, ContactPatch::new().city("Lyon")).unwrap();
    session.purge(bob).unwrap();
    session.update(added[0], ContactUpdate::new(ContactPatch::new()).set_attribute(Custom, "a", 1)).unwrap();
    session.remove(added[1]).unwrap();
    session.purge(added[2]).unwrap();
    assert_eq!(
        undo(&session, id),
        [(added[0], 'c'), (added[1], 'c'), (added[3], 'r'), (ada, 'c'), (cid, 'o')]
    );
    assert_eq!(session.get(ada).unwrap().unwrap().company, "Acme");
    assert!(session.get(added[0]).unwrap().unwrap().trashed_at.is_none());
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn a_record_is_the_contact_that_it_is_expected_to_be() {
    let (store, session) = open_store();
    let ada = session.add(new("Ada", "Ash").phone("+33612345678").email("a@x.org")).unwrap();
    let other = session.add(new("Ada", "Oak").phone("+33612345679")).unwrap();
    let item = |contact: NewContact, target| ImportItem::new(contact, target);
    let at = |contact: &Contact, version| ImportTarget::Contact { id: contact.id, version };
    let (_, outcomes) = import(
        &session,
        vec![
            item(new("Ada", "Ash").phone("+33612345678"), ImportTarget::New),
            item(new("Ada", "Ash").email("a@x.org"), ImportTarget::Distinct),
            item(new("Ada", "Ash").phone("+33612345678"), ImportTarget::Distinct),
            item(new("Ada", "Elm").company("Acme"), at(&other, other.version)),
            item(new("Ada", "Elm").company("Globex"), at(&other, other.version)),
            item(new("Ada", "Ash").company("Acme"), at(&ada, ada.version + 1)),
            item(new("Ada", "Ash"), ImportTarget::Contact { id: ContactId(77), version: 1 }),
            item(NewContact::new(Network::BOOK, "Ada", "Ash"), at(&ada, ada.version)),
        ],
    );
    let is = |at: usize, wanted: &str| match &outcomes[at] {
        ImportOutcome::Rejected(error) => assert_eq!(error.code(), wanted, "{at}"),
        other => panic!("{at}: {other:?}"),
    };
    is(0, "duplicate");
    assert!(matches!(outcomes[1], ImportOutcome::Added(id) if id != ada.id));
    is(2, "duplicate");
    assert!(matches!(&outcomes[3], ImportOutcome::Updated { contact, .. } if *contact == other.id));
    // A second record of the run meets the version that the first one wrote.
    assert!(matches!(&outcomes[4], ImportOutcome::Updated { contact, .. } if *contact == other.id));
    is(5, "version-conflict");
    is(6, "no-contact");
    is(7, "different-networks");
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn dry_runs_record_nothing_and_damage_is_reported() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let ada = {
        let (store, session) = store_at(&path);
        let ada = session.add(new("Ada", "Ash").uid("a").company("Earlier-company")).unwrap().id;
        let id = session.imports().begin("x").unwrap().id;
        let options = AddManyOptions::new().update(true).record_in(id);
        let records = || [new("Ada", "Ash").uid("a").company("Globex"), new("Bob", "B")];
        session.add_many(records(), options.dry_run(true), |_, _| ()).unwrap();
        let run = session.imports().get(id).unwrap();
        assert_eq!((run.added, run.updated), (0, 0));
        session.add_many(records(), options, |_, _| ()).unwrap();
        assert!(store.check().unwrap().is_ok());
        ada
    };
    {
        let sqlite = crate::support::sqlite(&path);
        let done = sqlite
            .execute("UPDATE import_item SET earlier = replace(earlier, 'Earlier', 'Eerlier')", [])
            .unwrap();
        assert_eq!(done, 1);
    }
    let report = store_at(&path).0.check().unwrap();
    assert_eq!((report.checksum_mismatches, report.checksum_mismatch_contacts), (1, vec![ada]));
}

#[test]
fn imports_of_others_are_not_visible() {
    let (store, system) = open_store();
    let tenant = system.directory().tenant().unwrap().id;
    let away = system.directory().add_tenant("away").unwrap().id;
    let [ada, bob] = ["Ada", "Bob"].map(|name| {
        store.session(Actor::Advisor(system.directory().add_advisor(NewAdvisor::new(name, "A")).unwrap().id))
    });
    let admin = store.session(Actor::Administrator(tenant));
    let of_ada = ada.imports().begin("ada's").unwrap().id;
    let of_admin = admin.imports().begin("admin's").unwrap().id;
    let of_system = system.imports().begin("system's").unwrap().id;
    let listed = |session: &Session| -> Vec<ImportId> {
        session.imports().list().limit(1).iter().map(|run| run.unwrap().id).collect()
    };
    assert_eq!(listed(&ada), [of_ada]);
    assert_eq!(listed(&bob), []);
    assert_eq!(listed(&admin), [of_admin, of_ada]);
    assert_eq!(listed(&system), [of_system, of_admin, of_ada]);
    assert_eq!(listed(&store.session(Actor::Administrator(away))), []);
    for session in [&bob, &store.session(Actor::Administrator(away))] {
        let imports = session.imports();
        assert_eq!(imports.get(of_ada).unwrap_err().code(), "not-found");
        assert_eq!(imports.undo_batch(of_ada, 1).unwrap_err().code(), "not-found");
        assert_eq!(imports.delete(of_ada).unwrap_err().code(), "not-found");
        let options = AddManyOptions::new().record_in(of_ada);
        assert_eq!(session.add_many([new("A", "")], options, |_, _| ()).unwrap_err().code(), "not-found");
    }
    let agent = ada.clone().as_agent();
    assert!(matches!(agent.imports().begin("x"), Err(Error::Forbidden(_))));
    assert!(matches!(agent.imports().undo_batch(of_ada, 1), Err(Error::Forbidden(_))));
    ada.imports().delete(of_ada).unwrap();
    assert_eq!(listed(&admin), [of_admin]);
}

#[test]
fn the_oldest_import_is_forgotten_for_a_new_one() {
    let store = options(1).open_in_memory().unwrap();
    let session = store.session(Actor::System);
    let tenant = session.directory().tenant().unwrap().id;
    let other = store.session(Actor::Administrator(tenant)).imports().begin("another's").unwrap().id;
    session.add(new("Ada", "Ash").uid("a")).unwrap();
    let (first, _) = import(&session, vec![new("Ada", "Ash").uid("a").company("Acme").into()]);
    for at in 1..limits::IMPORTS {
        session.imports().begin(&format!("import {at}")).unwrap();
    }
    assert!(session.imports().get(first).is_ok());
    session.imports().begin("one more").unwrap();
    assert_eq!(session.imports().get(first).unwrap_err().code(), "not-found");
    assert!(session.imports().get(other).is_ok());
    for most in [0, limits::UNDO_BATCH + 1] {
        assert!(matches!(session.imports().undo_batch(other, most), Err(Error::Invalid { .. })));
    }
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn possible_duplicates_are_those_that_the_actor_sees() {
    let (store, session) = open_store();
    let eve = session.directory().add_advisor(NewAdvisor::new("Eve", "A")).unwrap().id;
    let own = store.session(Actor::Advisor(eve));
    let jon = session.add(new("Jon", "Doe").email("doe@example.com").advisor(eve)).unwrap().id;
    let john = session.add(new("Johnny", "Doe").phone("+33612345678")).unwrap().id;
    session.add(new("Mary", "Roe").email("doe@example.com")).unwrap();
    let gone = session.add(new("John", "Doe").email("doe@example.com")).unwrap().id;
    session.remove(gone).unwrap();
    let record = new("John", "Doe").email("DOE@example.com").phone("+33 6 12 34 56 78");
    let found = |session: &Session| -> Vec<ContactId> {
        session.possible_duplicates(record.clone()).unwrap().iter().map(|one| one.contact.id).collect()
    };
    let mut all = found(&session);
    all.sort_unstable();
    assert_eq!(all, [jon, john]);
    assert_eq!(found(&own), [jon]);
    assert!(matches!(session.possible_duplicates(new("", "")), Err(Error::Invalid { .. })));
}
