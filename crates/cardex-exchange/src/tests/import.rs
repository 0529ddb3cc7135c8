//! Imports files into a store and exports it.

use crate::tests::*;
use crate::{ImportOptions, ImportProgress, ImportReport};
use cardex::contacts::ImportOutcome;
use cardex::{Actor, ContactPatch, Options, Session, Store};

fn book() -> Store {
    Options::new().open_in_memory().unwrap()
}

/// Imports on a network that requires nothing but a unique phone.
fn import(
    session: &Session,
    bytes: &[u8],
    format: Format,
    each: impl FnMut(&ImportProgress),
) -> ImportReport {
    crate::import(session, bytes, &ImportOptions::new(format, Network::SMS_DIRECT), each).unwrap()
}

fn export(session: &Session, format: Format, options: WriteOptions) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), format, options);
    for contact in session.contacts().iter() {
        let contact = contact.unwrap();
        let card = session.card(contact.id).unwrap();
        writer.write(&contact, card.as_deref()).unwrap();
    }
    writer.finish().unwrap()
}

fn versions(session: &Session) -> Vec<(ContactId, i64)> {
    session.contacts().iter().map(|contact| contact.map(|c| (c.id, c.version)).unwrap()).collect()
}

const FILES: [&[u8]; 4] = [
    include_bytes!("../../tests/data/quoted.vcf"),
    include_bytes!("../../tests/data/grouped.vcf"),
    include_bytes!("../../tests/data/version4.vcf"),
    include_bytes!("../../tests/data/broken.vcf"),
];

#[test]
fn a_second_import_changes_nothing() {
    let store = book();
    let session = store.session(Actor::System);
    for file in FILES {
        let first = import(&session, file, Format::VCard, |_| ());
        assert!(first.added > 0 && first.updated == 0, "{first:?}");
        let second = import(&session, file, Format::VCard, |_| ());
        assert_eq!((second.unchanged, second.rejected), (first.added, first.rejected), "{second:?}");
    }
    let before = versions(&session);
    for format in [Format::VCard, Format::JsonLines, Format::Csv] {
        let file = export(&session, format, WriteOptions::new());
        let report = import(&session, &file, format, |_| ());
        assert_eq!(report.unchanged, before.len() as u64, "{format}: {report:?}");
    }
    assert_eq!(versions(&session), before);
}

#[test]
fn an_edited_contact_comes_back_unchanged() {
    let store = book();
    let session = store.session(Actor::System);
    import(&session, FILES[1], Format::VCard, |_| ());
    let id = versions(&session)[0].0;
    let patch = ContactPatch::new()
        .company("Other")
        .phones([cardex::NewPhone::new("+1 212 555 0199").label("my own")]);
    let edited = session.edit(id, patch).unwrap();
    for format in [Format::VCard, Format::JsonLines, Format::Csv] {
        let file = export(&session, format, WriteOptions::new());
        let report = import(&session, &file, format, |_| ());
        assert_eq!((report.unchanged, report.records()), (1, 1), "{format}");
    }
    assert_eq!(session.get(id).unwrap().unwrap(), edited);
    // A change in the file is one field.
    let file = String::from_utf8(export(&session, Format::VCard, WriteOptions::new())).unwrap();
    let file = file.replace("TITLE:Head of a very", "TITLE:Head of the very");
    assert_eq!(import(&session, file.as_bytes(), Format::VCard, |_| ()).updated, 1);
    assert_eq!(session.get(id).unwrap().unwrap().version, edited.version + 1);
}

#[test]
fn a_csv_import_keeps_the_card() {
    let store = book();
    let session = store.session(Actor::System);
    import(&session, FILES[1], Format::VCard, |_| ());
    let id = versions(&session)[0].0;
    let table = b"uid,nickname,Size\n5f1b,Annie,1980-01-02\n";
    assert_eq!(import(&session, table, Format::Csv, |_| ()).updated, 1);
    assert_eq!(import(&session, table, Format::Csv, |_| ()).unchanged, 1);
    let card = session.card(id).unwrap().unwrap();
    assert!(card.contains("1980-01-02") && card.contains("data:image/png;base64,"));
    assert_eq!(session.get(id).unwrap().unwrap().first_name, "Ann Mary");
}

#[test]
fn every_record_reports_progress() {
    let store = book();
    let session = store.session(Actor::System);
    let file = b"first name,phone,email,network\nAnn,+33 6 12 34 56 78,,\nBob\nCat,none,,\nDan,+33 6 12 34 56 78,,\nEve,,eve@example.com,LINE\n";
    for dry_run in [true, false] {
        let mut reported = Vec::new();
        let options = ImportOptions::new(Format::Csv, Network::SMS_DIRECT).dry_run(dry_run).batch(2);
        let report = crate::import(&session, &file[..], &options, |step| {
            let outcome = match &step.outcome {
                ImportOutcome::Added(_) => "added".to_owned(),
                ImportOutcome::Updated { .. } => "updated".to_owned(),
                ImportOutcome::Unchanged(_) => "unchanged".to_owned(),
                ImportOutcome::Rejected(error) => error.to_string(),
                other => format!("{other:?}"),
            };
            // Ids differ from run to run.
            let outcome = outcome.split_once("contact ").map_or(outcome.as_str(), |(text, _)| text);
            reported.push(format!("{} {outcome} {}", step.line, step.warnings.len()));
        })
        .unwrap();
        let expected = [
            "2 added 0",
            "3 added 0",
            "4 added 1",
            "5 phone is already held by  0",
            "6 company: required on LINE 0",
        ];
        assert_eq!(reported, expected);
        let counts = (report.added, report.updated, report.unchanged, report.rejected, report.with_warnings);
        assert_eq!((counts, report.records()), ((3, 0, 0, 2, 1), 5));
        assert_eq!(versions(&session).len(), if dry_run { 0 } else { 3 });
    }
}

/// One call writes what a loop over the list writes, of a filter too, and ends when it is interrupted or its output fails.
#[test]
fn an_export_in_one_call() {
    let store = book();
    let session = store.session(Actor::System);
    for file in FILES {
        import(&session, file, Format::VCard, |_| ());
    }
    let all = session.contacts().total().unwrap();
    for format in [Format::VCard, Format::Csv, Format::JsonLines] {
        let mut file = Vec::new();
        let written =
            crate::export(&session, session.contacts(), &mut file, format, WriteOptions::new()).unwrap();
        assert_eq!(written, all);
        let mut writer =
            Writer::new(Vec::new(), format, WriteOptions::new()).is_phone(|text| session.is_phone(text));
        for contact in session.contacts().iter() {
            let contact = contact.unwrap();
            let tags = session.tags().of(&[contact.id]).unwrap().remove(0);
            let values = session.attributes().of(&[contact.id]).unwrap().remove(0);
            let card = session.card(contact.id).unwrap();
            writer.write_full(&contact, card.as_deref(), &tags, &values).unwrap();
        }
        assert_eq!(String::from_utf8(file).unwrap(), String::from_utf8(writer.finish().unwrap()).unwrap());
    }
    let one = session.contacts().page().unwrap().items.remove(0);
    let tag = session.tags().add(cardex::tags::TagPatch::new().name("vip")).unwrap().id;
    session.tags().attach(one.id, tag).unwrap();
    let mut file = Vec::new();
    let vip = session.contacts().filter("tag = vip".parse().unwrap());
    assert_eq!(crate::export(&session, vip, &mut file, Format::JsonLines, WriteOptions::new()).unwrap(), 1);
    let line: serde_json::Value = serde_json::from_slice(&file).unwrap();
    assert_eq!((&line["id"], &line["tags"]), (&one.id.to_string().into(), &serde_json::json!(["vip"])));

    let interrupt = cardex::Interrupt::new();
    interrupt.interrupt();
    let stopped = session.clone().interrupted_by(&interrupt);
    let error = crate::export(&stopped, stopped.contacts(), Vec::new(), Format::Csv, WriteOptions::new());
    assert_eq!(error.unwrap_err().code(), "interrupted");
    let full = &mut [0_u8; 10][..];
    let error = crate::export(&session, session.contacts(), full, Format::VCard, WriteOptions::new());
    assert_eq!(error.unwrap_err().code(), "io");
}

/// A photo of a vCard has its bytes in the library, and a photo that was set there is in the exported vCard.
#[test]
fn photos_are_bytes() {
    use cardex::contacts::Photo;
    let store = book();
    let session = store.session(Actor::System);
    for (version, photo) in [
        ("3.0", "PHOTO;ENCODING=b;TYPE=JPEG:/9j/"),
        ("4.0", "PHOTO:data:image/jpeg;base64,/9j/"),
        ("2.1", "PHOTO;JPEG;BASE64:/9j/"),
    ] {
        let file = format!(
            "BEGIN:VCARD\r\nVERSION:{version}\r\nN:{version};Ann;;;\r\nFN:Ann\r\n{photo}\r\nNOTE:kept\r\nEND:VCARD\r\n"
        );
        import(&session, file.as_bytes(), Format::VCard, |_| ());
        let contact = session.search(version).page().unwrap().items.remove(0).contact;
        assert_eq!(
            session.photo(contact.id).unwrap(),
            Some(Photo::new("image/jpeg", [0xFF, 0xD8, 0xFF])),
            "{version}"
        );
        let png = Photo::new("image/png", *b"\x89PNG");
        let changed = session.set_photo(contact.id, Some(&png)).unwrap();
        assert_eq!(changed.version, contact.version + 1);
        assert_eq!(
            session.set_photo(contact.id, Some(&png)).unwrap().version,
            changed.version,
            "the same photo"
        );
        let exported = |options| String::from_utf8(export(&session, Format::VCard, options)).unwrap();
        let text = exported(WriteOptions::new());
        assert!(
            text.contains(":data:image/png;base64,iVBORw==")
                && !text.contains("JSPROP")
                && !text.contains("/9j/"),
            "{text}"
        );
        assert!(text.contains("NOTE:kept"), "{text}");
        assert!(exported(WriteOptions::new().vcard_3(true)).contains("iVBORw=="));
        session.set_photo(contact.id, None).unwrap();
        assert_eq!(session.photo(contact.id).unwrap(), None);
        let text = exported(WriteOptions::new());
        assert!(!text.contains("PHOTO") && text.contains("NOTE:kept"), "{text}");
        session.remove(contact.id).unwrap();
        session.purge(contact.id).unwrap();
    }
}
