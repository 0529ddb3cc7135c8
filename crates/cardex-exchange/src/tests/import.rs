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
    let table = b"uid,nickname,Birthday\n5f1b,Annie,1980-01-02\n";
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
                ImportOutcome::Updated(_) => "updated".to_owned(),
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
            "3 CSV, line 3: the row has 1 cells, the header has 4 0",
            "4 added 1",
            "5 phone is already held by  0",
            "6 company: required on LINE 0",
        ];
        assert_eq!(reported, expected);
        let counts = (report.added, report.updated, report.unchanged, report.rejected, report.with_warnings);
        assert_eq!((counts, report.records()), ((2, 0, 0, 3, 1), 5));
        assert_eq!(versions(&session).len(), if dry_run { 0 } else { 2 });
    }
}
