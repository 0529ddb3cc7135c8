//! Every plain field keeps its text through edits, a merge and its undoing, recovery, and each file format. The tests loop over the
//! table of fields, so they cover a new field without a change.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]

use cardex::changes::ChangeKind;
use cardex::contacts::{MergeOptions, PlainField};
use cardex::{
    Actor, Contact, ContactId, ContactPatch, Error, Network, NewContact, Options, Session, ValidationError,
};
use cardex_exchange::{Format, ImportOptions, WriteOptions, Writer, import};

const FORMATS: [Format; 3] = [Format::VCard, Format::Csv, Format::JsonLines];

fn session() -> Session {
    Options::new().open_in_memory().unwrap().session(Actor::System)
}

fn new() -> NewContact {
    NewContact::new(Network::SMS_DIRECT, "", "")
}

/// A text that formats must escape. It differs for each field.
fn text_of(field: PlainField) -> String {
    format!("= {field:?}; a, \"b\" \\ é")
}

/// A contact whose plain fields are all set, each by an edit of its own.
fn complete_contact(session: &Session) -> Contact {
    let mut contact = session.add(new().phone("+33612345678")).unwrap();
    let mut expected: Vec<(PlainField, String)> = Vec::new();
    for field in PlainField::ALL {
        let seen = session.changes().limit(1_000).page().unwrap().next;
        let patch = ContactPatch::new().with_text(field, text_of(field)).expect_version(contact.version);
        let edited = session.edit(contact.id, patch).unwrap();
        assert_eq!(edited.version, contact.version + 1, "{field:?}");
        contact = session.get(contact.id).unwrap().unwrap();
        assert_eq!(contact, edited, "{field:?} is stored");
        expected.push((field, text_of(field)));
        for (known, text) in &expected {
            assert_eq!(contact.text(*known), text, "{known:?} after an edit of {field:?}");
        }
        let changes = session.changes().after(seen).page().unwrap().items;
        let logged: Vec<_> = changes.iter().map(|change| (change.kind, change.fields.clone())).collect();
        assert_eq!(logged, [(ChangeKind::Edit, vec![field.field()])]);
    }
    contact
}

fn assert_texts(contact: &Contact, expected: &Contact, context: &str) {
    for field in PlainField::ALL {
        assert_eq!(contact.text(field), expected.text(field), "{field:?} {context}");
    }
}

fn exported(contact: &Contact, format: Format) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), format, WriteOptions::new());
    writer.write(contact, None).unwrap();
    writer.finish().unwrap()
}

/// The only contact of a store.
fn only_contact(session: &Session) -> Contact {
    let mut all: Vec<Contact> = session.contacts().iter().collect::<Result<_, _>>().unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn an_edit_of_another_field_keeps_all_texts() {
    let session = session();
    let contact = complete_contact(&session);
    let edited = session.edit(contact.id, ContactPatch::new().emails(["ada@example.org"])).unwrap();
    assert_texts(&edited, &contact, "after an edit of the e-mail addresses");
    let unchanged = PlainField::ALL
        .into_iter()
        .fold(ContactPatch::new(), |patch, field| patch.with_text(field, format!(" {} ", text_of(field))));
    assert_eq!(session.edit(contact.id, unchanged).unwrap().version, edited.version, "blanks are removed");
    let empty =
        PlainField::ALL.into_iter().fold(ContactPatch::new(), |patch, field| patch.with_text(field, ""));
    let cleared = session.edit(contact.id, empty).unwrap();
    for field in PlainField::ALL {
        // A contact without a name is shown by its e-mail address, and one without UID has a generated one.
        let expected = match field {
            PlainField::DisplayName => "ada@example.org",
            PlainField::Uid => cleared.uid.as_str(),
            _ => "",
        };
        assert_eq!(cleared.text(field), expected, "{field:?} is cleared");
    }
    assert_ne!(cleared.uid, edited.uid);
    assert_eq!(session.get(contact.id).unwrap().unwrap(), cleared);
}

#[test]
fn a_merge_copies_all_texts_and_its_undoing_takes_them_back() {
    let session = session();
    let absorbed = complete_contact(&session);
    let survivor = session.add(new().email("ada@example.org")).unwrap();
    let merged = session.merge(survivor.id, absorbed.id, MergeOptions::default()).unwrap();
    assert_texts(&merged.contact, &absorbed, "of the survivor");
    let changes = session.changes().limit(1_000).page().unwrap().items;
    let merge = changes.iter().find(|change| change.kind == ChangeKind::Merge).unwrap();
    for field in PlainField::ALL {
        assert!(merge.fields.contains(&field.field()), "{field:?} is in the change");
    }
    let edited = session.edit(survivor.id, ContactPatch::new().emails(["a@example.org"])).unwrap();
    assert_texts(&edited, &absorbed, "after an edit of the survivor");
    let undone = session.unmerge(merged.merge).unwrap();
    assert_texts(&undone.separated, &absorbed, "of the separated contact");
    for field in PlainField::ALL {
        let expected = match field {
            PlainField::DisplayName => "a@example.org",
            PlainField::Uid => survivor.uid.as_str(),
            _ => "",
        };
        assert_eq!(undone.survivor.text(field), expected, "{field:?} of the survivor after the undoing");
    }
}

#[test]
fn each_format_has_all_texts() {
    let session = session();
    let contact = complete_contact(&session);
    for format in FORMATS {
        let file = exported(&contact, format);
        let options = ImportOptions::new(format, Network::SMS_DIRECT);
        let copy = self::session();
        assert_eq!(import(&copy, &file[..], &options, |_| ()).unwrap().added, 1, "{format}");
        assert_texts(&only_contact(&copy), &contact, &format!("in {format}"));
        let again = import(&session, &file[..], &options, |_| ()).unwrap();
        assert_eq!(again.unchanged, 1, "{format} into the store that wrote it");
    }
    // A record that names the contact and nothing else leaves its texts.
    let uid = text_of(PlainField::Uid).replace('"', "\"\"");
    let row = format!("UID,phone\n\"'{uid}\",+33612345678\n");
    let options = ImportOptions::new(Format::Csv, Network::SMS_DIRECT);
    assert_eq!(import(&session, row.as_bytes(), &options, |_| ()).unwrap().unchanged, 1);
    assert_eq!(only_contact(&session), contact);
}

#[test]
fn other_headings_of_csv_name_the_same_fields() {
    for field in PlainField::ALL {
        for heading in field.other_csv_headings().iter().chain(&[field.csv_heading()]) {
            let copy = session();
            let file = format!("{heading},phone\n{field:?},+33612345678\n");
            let options = ImportOptions::new(Format::Csv, Network::SMS_DIRECT);
            import(&copy, file.as_bytes(), &options, |_| ()).unwrap();
            assert_eq!(only_contact(&copy).text(field), format!("{field:?}"), "{heading}");
        }
    }
}

#[test]
fn a_reopened_and_a_recovered_store_have_all_texts() {
    let folder = tempfile::tempdir().unwrap();
    let (path, new) = (folder.path().join("book.cardex"), folder.path().join("new.cardex"));
    let store = Options::new().open(&path).unwrap();
    let contact = complete_contact(&store.session(Actor::System));
    drop(store);
    let get = |store: &cardex::Store, id: ContactId| store.session(Actor::System).get(id).unwrap().unwrap();
    let store = Options::new().open(&path).unwrap();
    assert!(store.check().unwrap().is_ok());
    assert_eq!(get(&store, contact.id), contact);
    drop(store);
    assert!(Options::new().recover(&path, &new).unwrap().is_complete());
    assert_eq!(get(&Options::new().open(&new).unwrap(), contact.id), contact);
}

#[test]
fn each_text_has_its_limit() {
    let session = session();
    for field in PlainField::ALL {
        let with = |length: usize| new().phone("+33612345678").with_text(field, "é".repeat(length));
        match session.add(with(field.limit() + 1)) {
            Err(Error::Invalid { field: found, reason }) => {
                let too_long = ValidationError::TooLong { limit: field.limit() };
                assert_eq!((found, reason), (field.field(), too_long));
            }
            other => panic!("{field:?}: {other:?}"),
        }
        let id = session.add(with(field.limit())).unwrap().id;
        session.purge(id).unwrap();
    }
}
