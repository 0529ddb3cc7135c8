//! Jobs that merge exact duplicates, and that undo the merges.

use crate::duplicates::pairs;
use crate::jobs::{finish, start};
use crate::support::invariants::check_invariants;
use crate::support::{new, open_store};
use cardex::jobs::{JobAction, JobId, NewJob};
use cardex::{ContactId, Filter, Session};
use std::collections::BTreeMap;

/// What the actor sees of each contact, without times and versions.
fn texts(session: &Session) -> BTreeMap<ContactId, String> {
    let text = |contact: cardex::Contact| {
        let phones: Vec<_> = contact.phones.iter().map(|phone| &phone.normalized).collect();
        let emails: Vec<_> = contact.emails.iter().map(|email| &email.text).collect();
        (contact.id, format!("{} {} {phones:?} {emails:?}", contact.display_name, contact.company))
    };
    session.contacts().iter().map(|contact| text(contact.unwrap())).collect()
}

fn merge_all(session: &Session, dry_run: bool) -> JobId {
    let new = NewJob::new(JobAction::MergeDuplicates, Filter::all([])).dry_run(dry_run);
    session.jobs().create(new).unwrap().id
}

/// A book with three exact duplicates of John, two of Mary by different methods, and contacts that need a decision.
fn book(session: &Session) -> [ContactId; 3] {
    let add = |contact| session.add(contact).unwrap().id;
    let john = add(new("John", "Doe").email("john@example.com").company("Acme"));
    add(new("John", "").email("JOHN@example.com"));
    add(new("", "Doe").email("john@example.com").phone("+33612345678"));
    // A chain: the first and the last have no method in common.
    let mary = add(new("Mary", "Roe").email("mary@example.com"));
    add(new("Mary", "Roe").email("mary@example.com").email("roe@example.com"));
    add(new("Mary", "Roe").email("roe@example.com"));
    // Two persons share an address, and a contact without a name could be either.
    add(new("Paul", "Poe").email("poe@example.com"));
    let unnamed = add(new("", "").email("poe@example.com"));
    add(new("Vera", "Poe").email("poe@example.com"));
    // A company disagrees.
    add(new("Zoe", "Zed").email("zoe@example.com").company("Acme"));
    add(new("Zoe", "Zed").email("zoe@example.com").company("Globex"));
    [john, mary, unnamed]
}

#[test]
fn a_job_merges_exact_duplicates_and_another_one_undoes_it() {
    let (store, session) = open_store();
    let [john, mary, unnamed] = book(&session);
    let before = texts(&session);
    for most in [1, 4, 100] {
        let dry = merge_all(&session, true);
        let done: Vec<_> =
            finish(&session, dry, most).into_iter().filter(|(_, word)| *word == "done").collect();
        assert_eq!(done, [(john, "done"), (mary, "done")], "{most}");
        assert_eq!(texts(&session), before, "a dry run changes nothing");

        let job = merge_all(&session, false);
        let done: Vec<_> =
            finish(&session, job, most).into_iter().filter(|(_, word)| *word == "done").collect();
        assert_eq!(done, [(john, "done"), (mary, "done")], "{most}");
        let merged = texts(&session);
        assert_eq!(merged.len(), before.len() - 4);
        assert_eq!(merged[&john], r#"John Doe Acme ["+33612345678"] ["john@example.com"]"#);
        assert_eq!(merged[&unnamed], before[&unnamed], "it needs a decision");
        assert!(
            session
                .merge_history(john)
                .unwrap()
                .iter()
                .all(|merge| merge.undone_at.is_some() || merge.job == Some(job))
        );
        let again = merge_all(&session, false);
        assert!(finish(&session, again, most).iter().all(|(_, word)| *word == "unchanged"));

        let undo = |dry: bool| {
            let new = NewJob::new(JobAction::UndoMerges { job }, Filter::all([])).dry_run(dry);
            let undo = session.jobs().create(new).unwrap().id;
            while !session.jobs().run_batch(undo, most).unwrap().is_over() {}
            session.jobs().get(undo).unwrap()
        };
        let tried = undo(true);
        assert_eq!((tried.done, tried.rejected, tried.percent), (4, 0, 100));
        assert_eq!(texts(&session), merged);
        assert_eq!(undo(false).done, 4);
        assert_eq!(texts(&session), before, "all merges are undone");
        assert_eq!(undo(false).scanned, 0, "nothing is left");
        check_invariants(&store);
    }
}

#[test]
fn decisions_filters_and_conflicts_limit_the_job() {
    let (_, session) = open_store();
    let [john, mary, _] = book(&session);
    let count = texts(&session).len();
    let only = start(&session, JobAction::MergeDuplicates, "first = Mary");
    finish(&session, only, 9);
    assert_eq!(texts(&session).len(), count - 2, "the filter selects the survivors");
    let pair = pairs(session.duplicates()).into_iter().find(|pair| pair.first == john).unwrap();
    session.not_duplicates(john, pair.second).unwrap();
    let job = merge_all(&session, false);
    assert!(finish(&session, job, 9).iter().all(|(_, word)| *word == "unchanged"));
    // A later merge into the survivor prevents the undoing of the earlier ones.
    let other = session.add(new("Mia", "Mole").phone("+33612345679")).unwrap().id;
    session.merge(mary, other, cardex::contacts::MergeOptions::new()).unwrap();
    let undo = start(&session, JobAction::UndoMerges { job: only }, "true");
    while !session.jobs().run_batch(undo, 5).unwrap().is_over() {}
    let report = session.jobs().get(undo).unwrap();
    assert_eq!((report.done, report.rejected), (0, 2));
    let failures = session.jobs().failures(undo).page().unwrap().items;
    assert!(
        failures.len() == 2 && failures.iter().all(|failure| failure.code == "merged-since"),
        "{failures:?}"
    );
    let missing = NewJob::new(JobAction::UndoMerges { job: JobId(999) }, Filter::all([]));
    assert_eq!(session.jobs().create(missing).unwrap_err().code(), "not-found");
}
