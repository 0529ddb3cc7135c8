//! Bulk jobs: one action on all contacts that match a filter, batch by batch.

use crate::support::{ManualClock, To, backwards, forwards, new, open_store, options, store_at};
use cardex::attributes::{AttributeKind, AttributeNamespace, NewAttribute};
use cardex::contacts::ImportOutcome;
use cardex::jobs::{Job, JobAction, JobId, JobOutcome, JobProgress, JobState, NewJob};
use cardex::tags::{TagId, TagPatch};
use cardex::{
    Actor, AdvisorId, ContactId, ContactPatch, ContactUpdate, Error, Filter, NewAdvisor, Session, Store,
    ValidationError, limits,
};
use std::sync::atomic::Ordering;

/// Ten contacts and a tag. Contacts with an even number are of Acme.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) session: Session,
    pub(crate) all: Vec<ContactId>,
    pub(crate) tag: TagId,
}

pub(crate) fn fixture() -> Fixture {
    let (store, session) = open_store();
    filled(store, session)
}

pub(crate) fn filled(store: Store, session: Session) -> Fixture {
    let add = |n: usize| {
        let company = if n.is_multiple_of(2) { "Acme" } else { "" };
        session.add(new(&format!("P{n}"), "X").company(company)).unwrap().id
    };
    let all = (0..10).map(add).collect();
    let tag = session.tags().add(TagPatch::new().name("vip")).unwrap().id;
    Fixture { store, session, all, tag }
}

pub(crate) fn acme() -> Filter {
    "company = Acme".parse().unwrap()
}

pub(crate) fn start(session: &Session, action: JobAction, filter: &str) -> JobId {
    session.jobs().create(NewJob::new(action, filter.parse().unwrap())).unwrap().id
}

/// Runs a job to its end. Returns the outcome of each contact: done, unchanged, or a code.
pub(crate) fn finish(session: &Session, job: JobId, most: usize) -> Vec<(ContactId, &'static str)> {
    let mut reported = Vec::new();
    loop {
        let progress = session.jobs().run_batch(job, most).unwrap();
        assert!(progress.outcomes.len() <= most);
        reported.extend(outcomes(&progress));
        if progress.is_over() {
            return reported;
        }
    }
}

pub(crate) fn outcomes(progress: &JobProgress) -> Vec<(ContactId, &'static str)> {
    let word = |outcome: &JobOutcome| match outcome {
        JobOutcome::Done => "done",
        JobOutcome::Unchanged => "unchanged",
        JobOutcome::Rejected(error) => error.code(),
        other => panic!("{other:?}"),
    };
    progress.outcomes.iter().map(|(id, outcome)| (*id, word(outcome))).collect()
}

pub(crate) fn counts(job: &Job) -> (u64, u64, u64, u64) {
    (job.scanned, job.done, job.unchanged, job.rejected)
}

pub(crate) fn failures(session: &Session, job: JobId) -> Vec<(ContactId, String)> {
    session
        .jobs()
        .failures(job)
        .iter()
        .map(|item| item.map(|item| (item.contact, item.code)).unwrap())
        .collect()
}

pub(crate) fn tagged(session: &Session, ids: &[ContactId]) -> Vec<bool> {
    session.tags().of(ids).unwrap().iter().map(|tags| !tags.is_empty()).collect()
}

#[test]
fn exactly_the_matching_contacts_are_changed_once() {
    let Fixture { store, session, all, tag } = fixture();
    session.tags().attach(all[4], tag).unwrap();
    let job = session.origin("nightly").jobs().create(NewJob::new(JobAction::Tag { tag }, acme())).unwrap();
    assert_eq!((job.state, job.percent, counts(&job)), (JobState::Open, 0, (0, 0, 0, 0)));
    let session = store.session(Actor::System);
    assert_eq!(session.tags().get(tag).unwrap().contacts, 1, "nothing is done yet");
    let reported = finish(&session, job.id, 2);
    let expected = [(0, "done"), (2, "done"), (4, "unchanged"), (6, "done"), (8, "done")];
    assert_eq!(reported, expected.map(|(n, word)| (all[n], word)));
    let done = session.jobs().get(job.id).unwrap();
    assert_eq!((done.state, done.percent, counts(&done)), (JobState::Finished, 100, (10, 4, 1, 0)));
    assert_eq!(tagged(&session, &all), [true, false].repeat(5));
    assert_eq!(session.get(all[0]).unwrap().unwrap().version, 2, "tagging is an edit");
    let last = session.changes().page().unwrap().items.pop().unwrap();
    assert_eq!((last.contact, last.origin.as_str()), (all[8], "nightly"), "the origin is the asker's");
    // A completed job does nothing more.
    let again = session.jobs().run_batch(job.id, 10).unwrap();
    assert!(again.is_over() && again.outcomes.is_empty() && again.job == done);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn every_job_action_equals_its_operation() {
    let Fixture { store, session, all, tag } = fixture();
    let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "B")).unwrap().id;
    let company = |id| session.get(id).unwrap().unwrap();
    let run = |action, filter: &str| {
        let job = start(&session, action, filter);
        finish(&session, job, 3).iter().filter(|(_, word)| *word == "done").count()
    };
    let value =
        |value| JobAction::SetAttribute { namespace: AttributeNamespace::Custom, key: "plan".into(), value };
    assert_eq!(run(value(Some("gold".into())), "company = Acme"), 5);
    assert_eq!(session.attributes().of(&[all[2]]).unwrap()[0][0].value, "gold");
    assert_eq!(run(JobAction::Tag { tag }, "@plan = gold and first != P2"), 4);
    assert_eq!(run(JobAction::Untag { tag }, "first = P4"), 1);
    assert_eq!(session.tags().get(tag).unwrap().contacts, 3);
    assert_eq!(run(JobAction::Link { advisor: ada }, "tag = vip"), 3);
    assert_eq!(session.contacts().advisor(ada).total().unwrap(), 3);
    assert_eq!(run(JobAction::Unlink { advisor: ada }, "first = P0"), 1);
    assert_eq!(session.links_of(&[all[0], all[6]]).unwrap(), [vec![], vec![ada]]);
    assert_eq!(run(value(None), "first = P2"), 1);
    assert_eq!(run(JobAction::Remove, "@plan absent"), 6);
    assert!(company(all[2]).trashed_at.is_some() && company(all[0]).trashed_at.is_none());
    assert_eq!(run(JobAction::Remove, "true"), 4, "the trash is not in it");
    assert_eq!(session.contacts().total().unwrap(), 0);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn a_job_continues_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let (job, all, mut reported) = {
        let (store, session) = store_at(&path);
        let Fixture { session, all, tag, .. } = filled(store, session);
        let job = start(&session, JobAction::Tag { tag }, "company = Acme");
        let first = session.jobs().run_batch(job, 2).unwrap();
        assert!(!first.is_over());
        (job, all, outcomes(&first))
    };
    let (store, session) = store_at(&path);
    let found = session.jobs().get(job).unwrap();
    assert_eq!((found.state, found.percent, counts(&found)), (JobState::Open, 30, (3, 2, 0, 0)));
    reported.extend(finish(&session, job, 2));
    assert_eq!(reported, [0, 2, 4, 6, 8].map(|n| (all[n], "done")), "each once");
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn an_interrupted_batch_writes_nothing() {
    let Fixture { session, all, tag, .. } = fixture();
    let job = start(&session, JobAction::Tag { tag }, "true");
    let stop = cardex::Interrupt::new();
    stop.interrupt();
    let late = session.clone().interrupted_by(&stop);
    assert!(matches!(late.jobs().run_batch(job, 5).unwrap_err(), Error::Interrupted));
    assert_eq!(counts(&session.jobs().get(job).unwrap()), (0, 0, 0, 0));
    assert_eq!(finish(&session, job, 5), all.iter().map(|id| (*id, "done")).collect::<Vec<_>>());
}

#[test]
fn a_job_tests_each_contact_when_it_processes_it() {
    let Fixture { session, all, tag, .. } = fixture();
    let job = start(&session, JobAction::Tag { tag }, "company = Acme");
    session.jobs().run_batch(job, 1).unwrap();
    session.edit(all[1], ContactPatch::new().company("Acme")).unwrap();
    session.edit(all[2], ContactPatch::new().company("")).unwrap();
    session.purge(all[4]).unwrap();
    session.remove(all[6]).unwrap();
    let late = session.add(new("Late", "X").company("Acme")).unwrap().id;
    let reported = finish(&session, job, 1);
    assert_eq!(reported, [1, 8].map(|n| (all[n], "done")));
    assert_eq!(tagged(&session, &[late]), [false], "a later contact is not in it");
}

#[test]
fn days_are_counted_from_the_start() {
    let hand = ManualClock::new();
    let store = options(1).clock(hand.clone()).open_in_memory().unwrap();
    let session = store.session(Actor::System);
    let Fixture { session, all, tag, .. } = filled(store, session);
    let job = start(&session, JobAction::Tag { tag }, "created >= 0 days ago");
    hand.0.fetch_add(3 * 86_400_000, Ordering::Relaxed);
    assert_eq!(session.contacts().filter("created >= 0 days ago".parse().unwrap()).total().unwrap(), 0);
    assert_eq!(finish(&session, job, limits::JOB_BATCH).len(), all.len());
}

#[test]
fn a_cancelled_job_stops_and_can_be_deleted() {
    let Fixture { session, all, tag, .. } = fixture();
    let job = start(&session, JobAction::Tag { tag }, "true");
    session.jobs().run_batch(job, 3).unwrap();
    assert_eq!(session.jobs().delete(job).unwrap_err().code(), "job-open");
    assert_eq!(session.jobs().cancel(job).unwrap().state, JobState::Cancelled);
    let ran = session.jobs().run_batch(job, 3).unwrap();
    assert!(ran.is_over() && ran.outcomes.is_empty());
    assert_eq!(session.jobs().cancel(job).unwrap().done, 3);
    assert_eq!(tagged(&session, &all).iter().filter(|yes| **yes).count(), 3, "what it did stays");
    let other = start(&session, JobAction::Remove, "false");
    assert_eq!(
        session.jobs().list().page().unwrap().items.iter().map(|job| job.id).collect::<Vec<_>>(),
        [other, job]
    );
    session.jobs().delete(job).unwrap();
    assert_eq!(session.jobs().get(job).unwrap_err().code(), "not-found");
    assert!(finish(&session, other, 1).is_empty());
    assert_eq!(session.jobs().cancel(other).unwrap().state, JobState::Finished);
    session.jobs().delete(other).unwrap();
    assert!(start(&session, JobAction::Remove, "false") > other, "no number is given twice");
}

#[test]
fn a_rejected_contact_is_reported_and_does_not_stop_others() {
    let Fixture { store, session, all, .. } = fixture();
    let number = NewAttribute::new(AttributeNamespace::Custom, "n", AttributeKind::Number);
    session.attributes().add(number).unwrap();
    let set = |value: &str| JobAction::SetAttribute {
        namespace: AttributeNamespace::Custom,
        key: "n".into(),
        value: Some(value.into()),
    };
    // A contact at the limit of values cannot get another one; an invalid number is always rejected.
    let mut full = ContactUpdate::new(ContactPatch::new());
    for n in 0..limits::ATTRIBUTES {
        full = full.set_attribute(AttributeNamespace::Custom, format!("k{n}"), 1);
    }
    session.update(all[3], full).unwrap();
    let versions = || all.iter().map(|id| session.get(*id).unwrap().unwrap().version).collect::<Vec<_>>();
    let before = versions();
    let job = start(&session, set("7"), "true");
    let reported = finish(&session, job, 4);
    let expected = |n| if n == 3 { "invalid" } else { "done" };
    assert_eq!(reported, (0..10).map(|n| (all[n], expected(n))).collect::<Vec<_>>());
    assert_eq!(versions()[3], before[3]);
    assert_eq!(failures(&session, job), [(all[3], "invalid".to_owned())]);
    let none = start(&session, set("seven"), "true");
    finish(&session, none, 4);
    assert_eq!(counts(&session.jobs().get(none).unwrap()), (10, 0, 0, 10));
    let page = |to| {
        let list = session.jobs().failures(none).limit(3);
        match to {
            To::First => list.page(),
            To::After(cursor) => list.after(cursor).page(),
            To::Before(cursor) => list.before(cursor).page(),
        }
    };
    let (items, last) = forwards(3, &page);
    assert_eq!(items.iter().map(|item| item.contact).collect::<Vec<_>>(), all);
    assert_eq!(backwards(3, last, &page), items);
    session.jobs().delete(none).unwrap();
    assert_eq!(session.jobs().failures(none).page().unwrap_err().code(), "not-found");
    assert_eq!(failures(&session, job).len(), 1, "the other job's report stays");
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn a_dry_run_reports_outcomes_and_changes_nothing() {
    let Fixture { store, session, all, tag } = fixture();
    session.tags().attach(all[0], tag).unwrap();
    let seq = session.changes().page().unwrap().next;
    for action in [JobAction::Tag { tag }, JobAction::Remove] {
        let job = session.jobs().create(NewJob::new(action.clone(), acme()).dry_run(true)).unwrap();
        let reported = finish(&session, job.id, 2);
        let first = if action == JobAction::Remove { "done" } else { "unchanged" };
        assert_eq!((reported.len(), reported[0].1, reported[1].1), (5, first, "done"));
        assert!(session.jobs().get(job.id).unwrap().dry_run);
    }
    assert_eq!(session.changes().page().unwrap().next, seq);
    assert_eq!((session.tags().get(tag).unwrap().contacts, session.contacts().total().unwrap()), (1, 10));
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn a_filter_with_an_unknown_name_is_refused_at_start_and_later() {
    let Fixture { session, tag, all, .. } = fixture();
    let unknown = |error: Error| matches!(error, Error::Invalid { reason: ValidationError::Unknown, .. });
    for filter in ["tag != keep", "not @plan = gold", "tag = vip or tag = keep"] {
        let started = session.jobs().create(NewJob::new(JobAction::Remove, filter.parse().unwrap()));
        assert!(unknown(started.unwrap_err()), "{filter}: behind a not it would be everybody");
    }
    let gone = start(&session, JobAction::Remove, "company = Acme");
    let started = session.jobs().create(NewJob::new(JobAction::Tag { tag: TagId(999_999) }, acme()));
    assert_eq!(started.unwrap_err().code(), "not-found");
    let started = session.jobs().create(NewJob::new(JobAction::Link { advisor: AdvisorId(999_999) }, acme()));
    assert_eq!(started.unwrap_err().code(), "no-advisor");
    let blank =
        JobAction::SetAttribute { namespace: AttributeNamespace::Custom, key: String::new(), value: None };
    assert_eq!(session.jobs().create(NewJob::new(blank, acme())).unwrap_err().code(), "invalid");
    let many = Filter::all((0..=limits::FILTER_CONDITIONS).map(|n| Filter::tag(n.to_string())));
    assert_eq!(session.jobs().create(NewJob::new(JobAction::Remove, many)).unwrap_err().code(), "invalid");
    assert_eq!(session.jobs().run_batch(gone, 0).unwrap_err().code(), "invalid");
    assert_eq!(session.jobs().run_batch(gone, limits::JOB_BATCH + 1).unwrap_err().code(), "invalid");

    session.tags().attach(all[0], tag).unwrap();
    let job = start(&session, JobAction::Remove, "tag != vip");
    session.jobs().run_batch(job, 2).unwrap();
    session.tags().delete(tag).unwrap();
    assert!(unknown(session.jobs().run_batch(job, 2).unwrap_err()));
    assert_eq!(session.jobs().get(job).unwrap().done, 2, "it stays where it is");
    session.tags().add(TagPatch::new().name("VIP")).unwrap();
    assert!(
        !session.jobs().run_batch(job, 2).unwrap().outcomes.is_empty(),
        "and goes on when the tag is there again"
    );
    // If the tag of the action is deleted, each contact is rejected.
    let tag = session.tags().named("vip").unwrap().unwrap().id;
    let job = start(&session, JobAction::Tag { tag }, "true");
    session.tags().delete(tag).unwrap();
    let reported = finish(&session, job, 5);
    assert!(!reported.is_empty() && reported.iter().all(|(_, word)| *word == "not-found"), "{reported:?}");
}

/// A store with more contacts than one batch reads, of which only the last matches the filter.
#[test]
fn a_batch_is_bounded_even_without_matches() {
    let (store, session) = open_store();
    let many = (0..3_100).map(|n| new(&format!("P{n}"), ""));
    session
        .add_many(many, cardex::contacts::AddManyOptions::new(), |_, outcome| {
            assert!(matches!(outcome, ImportOutcome::Added(_)));
        })
        .unwrap();
    let last = session.add(new("Last", "")).unwrap().id;
    let tag = session.tags().add(TagPatch::new().name("a")).unwrap().id;
    let job = start(&session, JobAction::Tag { tag }, "first = Last");
    let first = session.jobs().run_batch(job, limits::JOB_BATCH).unwrap();
    assert!(first.outcomes.is_empty() && !first.is_over());
    assert_eq!((first.job.scanned, first.job.percent), (2_000, 64));
    assert_eq!(finish(&session, job, 1), [(last, "done")]);
    // A filter of tags needs no rows.
    let job = start(&session, JobAction::Untag { tag }, "tag = a");
    assert!(session.jobs().run_batch(job, limits::JOB_BATCH).unwrap().is_over());
    assert!(store.check().unwrap().is_ok());
}
