//! Plans: what they say about each record, and what applying them does.

use std::io::Cursor;

use cardex::contacts::ImportOutcome;
use cardex::{Actor, ContactPatch, Error, Field, NewContact, Options, Session};

use crate::tests::*;
use crate::{
    ApplyOptions, ApplyOutcome, Decision, ImportOptions, ImportReport, MissingProperties, PlannedRecord,
    apply, plan,
};

fn session() -> Session {
    Options::new().id_seed(1).open_in_memory().unwrap().session(Actor::System)
}

fn planned(session: &Session, file: &str, options: &ImportOptions) -> Vec<PlannedRecord> {
    let mut records = Vec::new();
    plan(session, Cursor::new(file.to_owned()), options, |record| records.push(record)).unwrap();
    // A plan is a file: every record is the same after it was written and read.
    for record in &records {
        let json = serde_json::to_string(record).unwrap();
        assert_eq!(&serde_json::from_str::<PlannedRecord>(&json).unwrap(), record, "{json}");
    }
    records
}

fn book() -> ImportOptions {
    ImportOptions::new(Format::VCard, Network::BOOK)
}

/// Applies a plan. Returns each record as a word.
fn applied(session: &Session, records: Vec<PlannedRecord>) -> (Vec<&'static str>, ImportReport) {
    let (mut words, lines) = (Vec::new(), records.iter().map(|record| record.line).collect::<Vec<_>>());
    let mut lines = lines.into_iter();
    let report = apply(session, records.into_iter().map(Ok), ApplyOptions::new().batch(2), |one| {
        assert_eq!(Some(one.line), lines.next(), "in order");
        words.push(match &one.outcome {
            ApplyOutcome::Imported(ImportOutcome::Added(_)) => "added",
            ApplyOutcome::Imported(ImportOutcome::Updated { .. }) => "updated",
            ApplyOutcome::Imported(ImportOutcome::Unchanged(_)) => "unchanged",
            ApplyOutcome::Imported(_) => "rejected",
            ApplyOutcome::Outdated(_) => "outdated",
            ApplyOutcome::Undecided => "undecided",
            ApplyOutcome::Skipped => "skipped",
        });
    });
    (words, report.unwrap())
}

fn card(uid: &str, rest: &str) -> String {
    let uid = if uid.is_empty() { String::new() } else { format!("UID:{uid}\r\n") };
    format!("BEGIN:VCARD\r\nVERSION:4.0\r\n{uid}{}\r\nEND:VCARD\r\n", rest.replace('\n', "\r\n"))
}

/// A book with Ada, Jon and Cid, and a file with a record of each kind.
fn example() -> (Session, String) {
    let session = session();
    let new = |first: &str, last: &str, uid: &str| NewContact::new(Network::BOOK, first, last).uid(uid);
    session.add(new("Ada", "Byron", "a").company("Acme")).unwrap();
    session.add(new("Jon", "Doe", "").email("doe@example.com")).unwrap();
    session.add(new("Cid", "Cole", "c")).unwrap();
    let file = [
        card("", "FN:Dan Dorn\nN:Dorn;Dan;;;"),
        card("a", "FN:Ada Byron\nN:Byron;Ada;;;\nORG:Globex\nTEL:+33612345678"),
        card("c", "FN:Cid Cole\nN:Cole;Cid;;;"),
        card("", "FN:John Doe\nN:Doe;John;;;\nEMAIL:doe@example.com"),
        "BEGIN:VCARD\r\nFN:no end\r\n".to_owned(),
        card("", "FN:Dan Dorn\nN:Dorn;Dan;;;\nORG:Acme"),
    ];
    (session, file.concat())
}

#[test]
fn a_plan_says_what_becomes_of_each_record() {
    use Decision::{Add, Doubtful, Rejected, Unchanged, Update};
    let (session, file) = example();
    let before = session.contacts().count().unwrap();
    let records = planned(&session, &file, &book());
    let decisions: Vec<Decision> = records.iter().map(|record| record.decision).collect();
    assert_eq!(decisions, [Add, Update, Unchanged, Doubtful, Rejected, Update]);
    assert_eq!(records[1].fields, [Field::Company, Field::Phone]);
    assert_eq!((records[1].version, records[1].name.as_str()), (Some(1), "Ada Byron"));
    let candidate = &records[3].candidates[0];
    assert_eq!((candidate.name.as_str(), candidate.version, candidate.evidence.len()), ("Jon Doe", 1, 2));
    assert!(records[4].record.is_none() && !records[4].reason.is_empty());
    assert_eq!((records[5].contact, records[5].reason.as_str()), (None, "the same contact as line 1"));
    assert_eq!(session.contacts().count().unwrap(), before, "nothing changes");
    assert!(!format!("{records:?}").contains("Byron"), "names stay out of logs");
}

#[test]
fn a_plan_is_applied_as_it_was_edited() {
    let (session, file) = example();
    let mut records = planned(&session, &file, &book());
    let (words, report) = applied(&session, records.clone());
    assert_eq!(words, ["added", "updated", "skipped", "undecided", "skipped", "updated"]);
    assert_eq!((report.added, report.updated, report.records()), (1, 2, 3));
    assert_eq!(session.search("dorn").page().unwrap().items[0].contact.company, "Acme");

    // The second time, the new contact is known and the changed one has another version.
    let (words, _) = applied(&session, records.clone());
    assert_eq!(words, ["outdated", "outdated", "skipped", "undecided", "skipped", "unchanged"]);

    records.truncate(4);
    records[0].decision = Decision::Skip;
    records[1].decision = Decision::Add; // another person, but the UID is taken
    records[3].decision = Decision::Update;
    assert_eq!(applied(&session, records.clone()).0, ["skipped", "rejected", "skipped", "updated"]);
    records[3].decision = Decision::Add;
    assert_eq!(applied(&session, records.clone()).0[3], "outdated", "John is in the book by now");
}

#[test]
fn changes_since_the_plan_are_respected() {
    let (session, file) = example();
    let records = planned(&session, &file, &book());
    let ada = records[1].contact.unwrap();
    session.edit(ada, ContactPatch::new().city("Paris")).unwrap();
    session.add(NewContact::new(Network::BOOK, "Dan", "Dorn")).unwrap();
    let (words, report) = applied(&session, records[..2].to_vec());
    assert_eq!((words, report.records()), (vec!["outdated", "outdated"], 2 - 2));
    assert_eq!(session.get(ada).unwrap().unwrap().company, "Acme");
}

#[test]
fn a_doubtful_record_with_two_candidates_needs_one() {
    let session = session();
    let new = |first: &str| NewContact::new(Network::BOOK, first, "Doe").email("doe@example.com");
    let ids = ["Jon", "Johnny"].map(|first| session.add(new(first)).unwrap().id);
    let mut records =
        planned(&session, &card("", "FN:John Doe\nN:Doe;John;;;\nEMAIL:doe@example.com"), &book());
    assert_eq!(records[0].candidates.len(), 2);
    records[0].decision = Decision::Update;
    let result = apply(&session, records.clone().into_iter().map(Ok), ApplyOptions::new(), |one| {
        assert!(matches!(
            &one.outcome,
            ApplyOutcome::Imported(ImportOutcome::Rejected(Error::Format { .. }))
        ));
    });
    assert_eq!(result.unwrap().rejected, 1);
    records[0].contact = Some(ids[1]);
    assert_eq!(applied(&session, records).0, ["updated"]);
    assert_eq!(session.get(ids[1]).unwrap().unwrap().first_name, "John");
}

#[test]
fn a_plan_keeps_its_rule_and_its_groups() {
    let session = session();
    session.add(NewContact::new(Network::BOOK, "Ada", "Byron").uid("a").city("Paris")).unwrap();
    session.add(NewContact::new(Network::BOOK, "Bob", "Birch").uid("b").city("Lyon")).unwrap();
    let file = card("a", "FN:Ada Byron\nN:Byron;Ada;;;\nTEL:+33612345678")
        + &card("g", "KIND:group\nFN:Choir\nMEMBER:urn:uuid:a");
    let mut records = planned(&session, &file, &book().missing(MissingProperties::Clear));
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].fields, [Field::Phone, Field::City, Field::Tags]);
    // Records with different rules in one plan.
    let mut kept = planned(&session, &card("b", "FN:Bob Birch\nN:Birch;Bob;;;\nORG:Acme"), &book());
    records.append(&mut kept);
    assert_eq!(applied(&session, records).0, ["updated", "updated"]);
    assert_eq!(session.search("birch").page().unwrap().items[0].contact.city, "Lyon");
    let ada = session.search("byron").page().unwrap().items[0].contact.clone();
    assert_eq!(ada.city, "");
    assert_eq!(session.tags().of(&[ada.id]).unwrap()[0][0].name, "Choir");
}

#[test]
fn an_error_of_the_plan_ends_it() {
    let session = session();
    let good = planned(&session, &card("", "FN:Ada Byron"), &book()).remove(0);
    let lines = [Ok(good.clone()), Err(Error::Interrupted), Ok(good)];
    let mut done = 0;
    let result = apply(&session, lines.into_iter(), ApplyOptions::new(), |_| done += 1);
    assert!(matches!(result, Err(Error::Interrupted)));
    assert_eq!((done, session.contacts().page().unwrap().items.len()), (1, 1));
}
