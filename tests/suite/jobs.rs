//! Bulk jobs: one action on all contacts that meet a filter, slice by slice.

use std::sync::atomic::Ordering;

use cardex::attributes::{AttributeKind, AttributeNamespace, NewAttribute};
use cardex::contacts::ImportOutcome;
use cardex::directory::{NetworkPolicy, TenantPolicy};
use cardex::jobs::{Job, JobAction, JobId, JobOutcome, JobProgress, JobState, NewJob};
use cardex::tags::{TagId, TagPatch};
use cardex::{
    Actor, AdvisorId, Contact, ContactId, ContactPatch, ContactUpdate, Error, Filter, Network, NewAdvisor,
    NewContact, Session, Store, ValidationError, limits,
};

use crate::support::{Hand, To, backwards, desk, desk_at, forwards, new, options};

/// Ten contacts, of which those with an even number are of Acme, and a tag.
struct Scene {
    store: Store,
    desk: Session,
    all: Vec<ContactId>,
    tag: TagId,
}

fn scene() -> Scene {
    let (store, desk) = desk();
    filled(store, desk)
}

fn filled(store: Store, desk: Session) -> Scene {
    let add = |n: usize| {
        let company = if n.is_multiple_of(2) { "Acme" } else { "" };
        desk.add(new(&format!("P{n}"), "X").company(company)).unwrap().id
    };
    let all = (0..10).map(add).collect();
    let tag = desk.tags().add(TagPatch::new().name("vip")).unwrap().id;
    Scene { store, desk, all, tag }
}

fn acme() -> Filter {
    "company = Acme".parse().unwrap()
}

fn start(session: &Session, action: JobAction, filter: &str) -> JobId {
    session.jobs().create(NewJob::new(action, filter.parse().unwrap())).unwrap().id
}

/// Runs a job to its end and gives what became of each contact: done, unchanged, or a code.
fn finish(session: &Session, job: JobId, most: usize) -> Vec<(ContactId, &'static str)> {
    let mut told = Vec::new();
    loop {
        let progress = session.jobs().run_batch(job, most).unwrap();
        assert!(progress.outcomes.len() <= most);
        told.extend(outcomes(&progress));
        if progress.is_over() {
            return told;
        }
    }
}

fn outcomes(progress: &JobProgress) -> Vec<(ContactId, &'static str)> {
    let word = |outcome: &JobOutcome| match outcome {
        JobOutcome::Done => "done",
        JobOutcome::Unchanged => "unchanged",
        JobOutcome::Rejected(error) => error.code(),
        other => panic!("{other:?}"),
    };
    progress.outcomes.iter().map(|(id, outcome)| (*id, word(outcome))).collect()
}

fn counts(job: &Job) -> (u64, u64, u64, u64) {
    (job.scanned, job.done, job.unchanged, job.rejected)
}

fn failures(session: &Session, job: JobId) -> Vec<(ContactId, String)> {
    session
        .jobs()
        .failures(job)
        .iter()
        .map(|item| item.map(|item| (item.contact, item.code)).unwrap())
        .collect()
}

fn tagged(session: &Session, ids: &[ContactId]) -> Vec<bool> {
    session.tags().of(ids).unwrap().iter().map(|tags| !tags.is_empty()).collect()
}

#[test]
fn exactly_the_matching_contacts_are_changed_once() {
    let Scene { store, desk, all, tag } = scene();
    desk.tags().attach(all[4], tag).unwrap();
    let job = desk.origin("nightly").jobs().create(NewJob::new(JobAction::Tag { tag }, acme())).unwrap();
    assert_eq!((job.state, job.percent, counts(&job)), (JobState::Open, 0, (0, 0, 0, 0)));
    let desk = store.session(Actor::System);
    assert_eq!(desk.tags().get(tag).unwrap().contacts, 1, "nothing is done yet");
    let told = finish(&desk, job.id, 2);
    let expected = [(0, "done"), (2, "done"), (4, "unchanged"), (6, "done"), (8, "done")];
    assert_eq!(told, expected.map(|(n, word)| (all[n], word)));
    let done = desk.jobs().get(job.id).unwrap();
    assert_eq!((done.state, done.percent, counts(&done)), (JobState::Finished, 100, (10, 4, 1, 0)));
    assert_eq!(tagged(&desk, &all), [true, false].repeat(5));
    assert_eq!(desk.get(all[0]).unwrap().unwrap().version, 2, "tagging is an edit");
    let last = desk.changes().page().unwrap().items.pop().unwrap();
    assert_eq!((last.contact, last.origin.as_str()), (all[8], "nightly"), "the origin is the asker's");
    // What is over does nothing more.
    let again = desk.jobs().run_batch(job.id, 10).unwrap();
    assert!(again.is_over() && again.outcomes.is_empty() && again.job == done);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn every_job_action_equals_its_operation() {
    let Scene { store, desk, all, tag } = scene();
    let ada = desk.directory().add_advisor(NewAdvisor::new("Ada", "B")).unwrap().id;
    let company = |id| desk.get(id).unwrap().unwrap();
    let run = |action, filter: &str| {
        let job = start(&desk, action, filter);
        finish(&desk, job, 3).iter().filter(|(_, word)| *word == "done").count()
    };
    let value =
        |value| JobAction::SetAttribute { namespace: AttributeNamespace::Custom, key: "plan".into(), value };
    assert_eq!(run(value(Some("gold".into())), "company = Acme"), 5);
    assert_eq!(desk.attributes().of(&[all[2]]).unwrap()[0][0].value, "gold");
    assert_eq!(run(JobAction::Tag { tag }, "@plan = gold and first != P2"), 4);
    assert_eq!(run(JobAction::Untag { tag }, "first = P4"), 1);
    assert_eq!(desk.tags().get(tag).unwrap().contacts, 3);
    assert_eq!(run(JobAction::Link { advisor: ada }, "tag = vip"), 3);
    assert_eq!(desk.contacts().advisor(ada).count().unwrap().count, 3);
    assert_eq!(run(JobAction::Unlink { advisor: ada }, "first = P0"), 1);
    assert_eq!(desk.links_of(&[all[0], all[6]]).unwrap(), [vec![], vec![ada]]);
    assert_eq!(run(value(None), "first = P2"), 1);
    assert_eq!(run(JobAction::Remove, "@plan absent"), 6);
    assert!(company(all[2]).trashed_at.is_some() && company(all[0]).trashed_at.is_none());
    assert_eq!(run(JobAction::Remove, "true"), 4, "the trash is not in it");
    assert_eq!(desk.contacts().count().unwrap().count, 0);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn a_job_continues_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let (job, all, mut told) = {
        let (store, desk) = desk_at(&path);
        let Scene { desk, all, tag, .. } = filled(store, desk);
        let job = start(&desk, JobAction::Tag { tag }, "company = Acme");
        let first = desk.jobs().run_batch(job, 2).unwrap();
        assert!(!first.is_over());
        (job, all, outcomes(&first))
    };
    let (store, desk) = desk_at(&path);
    let found = desk.jobs().get(job).unwrap();
    assert_eq!((found.state, found.percent, counts(&found)), (JobState::Open, 30, (3, 2, 0, 0)));
    told.extend(finish(&desk, job, 2));
    assert_eq!(told, [0, 2, 4, 6, 8].map(|n| (all[n], "done")), "each once");
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn an_interrupted_batch_writes_nothing() {
    let Scene { desk, all, tag, .. } = scene();
    let job = start(&desk, JobAction::Tag { tag }, "true");
    let stop = cardex::Interrupt::new();
    stop.interrupt();
    let late = desk.clone().interrupted_by(&stop);
    assert!(matches!(late.jobs().run_batch(job, 5).unwrap_err(), Error::Interrupted));
    assert_eq!(counts(&desk.jobs().get(job).unwrap()), (0, 0, 0, 0));
    assert_eq!(finish(&desk, job, 5), all.iter().map(|id| (*id, "done")).collect::<Vec<_>>());
}

#[test]
fn a_job_tests_each_contact_when_it_processes_it() {
    let Scene { desk, all, tag, .. } = scene();
    let job = start(&desk, JobAction::Tag { tag }, "company = Acme");
    desk.jobs().run_batch(job, 1).unwrap();
    desk.edit(all[1], ContactPatch::new().company("Acme")).unwrap();
    desk.edit(all[2], ContactPatch::new().company("")).unwrap();
    desk.purge(all[4]).unwrap();
    desk.remove(all[6]).unwrap();
    let late = desk.add(new("Late", "X").company("Acme")).unwrap().id;
    let told = finish(&desk, job, 1);
    assert_eq!(told, [1, 8].map(|n| (all[n], "done")));
    assert_eq!(tagged(&desk, &[late]), [false], "who came later is not in it");
}

#[test]
fn days_are_counted_from_the_start() {
    let hand = Hand::new();
    let store = options(1).clock(hand.clone()).open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let Scene { desk, all, tag, .. } = filled(store, desk);
    let job = start(&desk, JobAction::Tag { tag }, "created >= 0 days ago");
    hand.0.fetch_add(3 * 86_400_000, Ordering::Relaxed);
    assert_eq!(desk.contacts().filter("created >= 0 days ago".parse().unwrap()).count().unwrap().count, 0);
    assert_eq!(finish(&desk, job, limits::JOB_BATCH).len(), all.len());
}

#[test]
fn a_cancelled_job_stops_and_can_be_deleted() {
    let Scene { desk, all, tag, .. } = scene();
    let job = start(&desk, JobAction::Tag { tag }, "true");
    desk.jobs().run_batch(job, 3).unwrap();
    assert_eq!(desk.jobs().delete(job).unwrap_err().code(), "job-open");
    assert_eq!(desk.jobs().cancel(job).unwrap().state, JobState::Cancelled);
    let ran = desk.jobs().run_batch(job, 3).unwrap();
    assert!(ran.is_over() && ran.outcomes.is_empty());
    assert_eq!(desk.jobs().cancel(job).unwrap().done, 3);
    assert_eq!(tagged(&desk, &all).iter().filter(|yes| **yes).count(), 3, "what it did stays");
    let other = start(&desk, JobAction::Remove, "false");
    assert_eq!(
        desk.jobs().list().page().unwrap().items.iter().map(|job| job.id).collect::<Vec<_>>(),
        [other, job]
    );
    desk.jobs().delete(job).unwrap();
    assert_eq!(desk.jobs().get(job).unwrap_err().code(), "not-found");
    assert!(finish(&desk, other, 1).is_empty());
    assert_eq!(desk.jobs().cancel(other).unwrap().state, JobState::Finished);
    desk.jobs().delete(other).unwrap();
    assert!(start(&desk, JobAction::Remove, "false") > other, "no number is given twice");
}

#[test]
fn a_rejected_contact_is_reported_and_does_not_stop_others() {
    let Scene { store, desk, all, .. } = scene();
    let number = NewAttribute::new(AttributeNamespace::Custom, "n", AttributeKind::Number);
    desk.attributes().add(number).unwrap();
    let set = |value: &str| JobAction::SetAttribute {
        namespace: AttributeNamespace::Custom,
        key: "n".into(),
        value: Some(value.into()),
    };
    // Those who have as many values as one may cannot have another one; a number that is none nobody can have.
    let mut full = ContactUpdate::new(ContactPatch::new());
    for n in 0..limits::ATTRIBUTES {
        full = full.set_attribute(AttributeNamespace::Custom, format!("k{n}"), 1);
    }
    desk.update(all[3], full).unwrap();
    let versions = || all.iter().map(|id| desk.get(*id).unwrap().unwrap().version).collect::<Vec<_>>();
    let before = versions();
    let job = start(&desk, set("7"), "true");
    let told = finish(&desk, job, 4);
    let expected = |n| if n == 3 { "invalid" } else { "done" };
    assert_eq!(told, (0..10).map(|n| (all[n], expected(n))).collect::<Vec<_>>());
    assert_eq!(versions()[3], before[3]);
    assert_eq!(failures(&desk, job), [(all[3], "invalid".to_owned())]);
    let none = start(&desk, set("seven"), "true");
    finish(&desk, none, 4);
    assert_eq!(counts(&desk.jobs().get(none).unwrap()), (10, 0, 0, 10));
    let page = |to| {
        let list = desk.jobs().failures(none).limit(3);
        match to {
            To::First => list.page(),
            To::After(cursor) => list.after(cursor).page(),
            To::Before(cursor) => list.before(cursor).page(),
        }
    };
    let (items, last) = forwards(3, &page);
    assert_eq!(items.iter().map(|item| item.contact).collect::<Vec<_>>(), all);
    assert_eq!(backwards(3, last, &page), items);
    desk.jobs().delete(none).unwrap();
    assert_eq!(desk.jobs().failures(none).page().unwrap_err().code(), "not-found");
    assert_eq!(failures(&desk, job).len(), 1, "the other job's report stays");
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn a_dry_run_reports_outcomes_and_changes_nothing() {
    let Scene { store, desk, all, tag } = scene();
    desk.tags().attach(all[0], tag).unwrap();
    let seq = desk.changes().page().unwrap().next;
    for action in [JobAction::Tag { tag }, JobAction::Remove] {
        let job = desk.jobs().create(NewJob::new(action.clone(), acme()).dry_run(true)).unwrap();
        let told = finish(&desk, job.id, 2);
        let first = if action == JobAction::Remove { "done" } else { "unchanged" };
        assert_eq!((told.len(), told[0].1, told[1].1), (5, first, "done"));
        assert!(desk.jobs().get(job.id).unwrap().dry_run);
    }
    assert_eq!(desk.changes().page().unwrap().next, seq);
    assert_eq!((desk.tags().get(tag).unwrap().contacts, desk.contacts().count().unwrap().count), (1, 10));
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn a_filter_with_an_unknown_name_is_refused_at_start_and_later() {
    let Scene { desk, tag, all, .. } = scene();
    let unknown = |error: Error| matches!(error, Error::Invalid { reason: ValidationError::Unknown, .. });
    for filter in ["tag != keep", "not @plan = gold", "tag = vip or tag = keep"] {
        let started = desk.jobs().create(NewJob::new(JobAction::Remove, filter.parse().unwrap()));
        assert!(unknown(started.unwrap_err()), "{filter}: behind a not it would be everybody");
    }
    let gone = start(&desk, JobAction::Remove, "company = Acme");
    let started = desk.jobs().create(NewJob::new(JobAction::Tag { tag: TagId(1) }, acme()));
    assert_eq!(started.unwrap_err().code(), "not-found");
    let started = desk.jobs().create(NewJob::new(JobAction::Link { advisor: AdvisorId(1) }, acme()));
    assert_eq!(started.unwrap_err().code(), "no-advisor");
    let blank =
        JobAction::SetAttribute { namespace: AttributeNamespace::Custom, key: String::new(), value: None };
    assert_eq!(desk.jobs().create(NewJob::new(blank, acme())).unwrap_err().code(), "invalid");
    let many = Filter::all((0..=limits::FILTER_CONDITIONS).map(|n| Filter::tag(n.to_string())));
    assert_eq!(desk.jobs().create(NewJob::new(JobAction::Remove, many)).unwrap_err().code(), "invalid");
    assert_eq!(desk.jobs().run_batch(gone, 0).unwrap_err().code(), "invalid");
    assert_eq!(desk.jobs().run_batch(gone, limits::JOB_BATCH + 1).unwrap_err().code(), "invalid");

    desk.tags().attach(all[0], tag).unwrap();
    let job = start(&desk, JobAction::Remove, "tag != vip");
    desk.jobs().run_batch(job, 2).unwrap();
    desk.tags().delete(tag).unwrap();
    assert!(unknown(desk.jobs().run_batch(job, 2).unwrap_err()));
    assert_eq!(desk.jobs().get(job).unwrap().done, 2, "it stays where it is");
    desk.tags().add(TagPatch::new().name("VIP")).unwrap();
    assert!(
        !desk.jobs().run_batch(job, 2).unwrap().outcomes.is_empty(),
        "and goes on when the tag is there again"
    );
    // The tag of the action may go, too: then each contact is refused.
    let tag = desk.tags().named("vip").unwrap().unwrap().id;
    let job = start(&desk, JobAction::Tag { tag }, "true");
    desk.tags().delete(tag).unwrap();
    let told = finish(&desk, job, 5);
    assert!(!told.is_empty() && told.iter().all(|(_, word)| *word == "not-found"), "{told:?}");
}

#[test]
fn a_job_has_the_permissions_of_its_creator() {
    let Scene { store, desk, all, tag } = scene();
    let home = desk.directory().tenants().unwrap()[0].id;
    let [ada, bob] =
        ["Ada", "Bob"].map(|name| desk.directory().add_advisor(NewAdvisor::new(name, "B")).unwrap().id);
    desk.link(all[0], ada).unwrap();
    desk.link(all[2], ada).unwrap();
    desk.link(all[2], bob).unwrap();
    let [own, others] = [ada, bob].map(|advisor| store.session(Actor::Advisor(advisor)));
    let admin = store.session(Actor::Administrator(home));
    let elsewhere = desk.directory().add_tenant("away").unwrap().id;
    let away = store.session(Actor::Administrator(elsewhere));

    let job = start(&own, JobAction::Remove, "company = Acme");
    assert_eq!(own.jobs().get(job).unwrap().requested_by, Actor::Advisor(ada));
    for session in [&others, &away, &desk.clone().in_tenant(elsewhere)] {
        assert_eq!(session.jobs().get(job).unwrap_err().code(), "not-found");
        assert_eq!(session.jobs().run_batch(job, 1).unwrap_err().code(), "not-found");
        assert_eq!(session.jobs().cancel(job).unwrap_err().code(), "not-found");
        assert_eq!(session.jobs().delete(job).unwrap_err().code(), "not-found");
        assert_eq!(session.jobs().failures(job).page().unwrap_err().code(), "not-found");
        assert!(session.jobs().list().page().unwrap().items.is_empty());
    }
    // An administrator could remove them all; the advisor sees two, and may not take one of them from a colleague.
    assert_eq!(finish(&admin, job, 1), [(all[0], "done"), (all[2], "forbidden")]);
    assert_eq!(failures(&own, job), [(all[2], "forbidden".to_owned())]);
    assert_eq!(desk.contacts().count().unwrap().count, 9);

    // What the asker has lost in between, the job has lost too.
    let job = start(&own, JobAction::Tag { tag }, "true");
    desk.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    assert!(finish(&desk, job, 5).iter().all(|(_, word)| *word == "forbidden"));
    // The system's jobs are its own.
    let systems = start(&desk.clone().in_tenant(home), JobAction::Tag { tag }, "first = P1");
    assert_eq!(admin.jobs().run_batch(systems, 1).unwrap_err().code(), "not-found");
    let listed =
        |session: &Session| session.jobs().list().iter().map(|job| job.unwrap().id.0).collect::<Vec<_>>();
    assert_eq!((listed(&admin), listed(&own), listed(&others)), (vec![2, 1], vec![2, 1], vec![]));
    assert_eq!(listed(&desk), [3, 2, 1]);
    // And from the other end.
    let last = |session: &Session| session.jobs().list().limit(1).iter().last().unwrap().unwrap().id.0;
    let back = |session: &Session| {
        let mut page = session.jobs().list().limit(1).page().unwrap();
        while let Some(after) = page.after {
            page = session.jobs().list().limit(1).after(after).page().unwrap();
        }
        let mut told = Vec::new();
        while let Some(before) = page.before {
            page = session.jobs().list().limit(1).before(before).page().unwrap();
            told.extend(page.items.iter().map(|job| job.id.0));
        }
        told
    };
    assert_eq!((last(&admin), back(&admin), back(&own), back(&desk)), (1, vec![2], vec![2], vec![2, 3]));
    assert_eq!(finish(&desk, systems, 1), [(all[1], "done")]);
}

#[test]
fn a_job_may_be_of_one_network() {
    let Scene { desk, tag, all, .. } = scene();
    let other = Network::new("OTHER").unwrap();
    desk.directory().add_network(&NetworkPolicy::new(other.clone())).unwrap();
    let there = desk.add(NewContact::new(other.clone(), "P", "X")).unwrap().id;
    let of = |network: &Network| {
        let new = NewJob::new(JobAction::Tag { tag }, Filter::all([])).network(network.clone());
        let job = desk.jobs().create(new).unwrap();
        assert_eq!(job.network.as_ref(), Some(network));
        finish(&desk, job.id, 5)
    };
    assert_eq!(of(&other), [(there, "done")]);
    assert_eq!(of(&Network::SMS_DIRECT).len(), all.len());
    let unknown = NewJob::new(JobAction::Remove, acme()).network(Network::new("NONE").unwrap());
    assert_eq!(desk.jobs().create(unknown).unwrap_err().code(), "no-network");
}

#[test]
fn only_the_system_changes_a_shared_contact() {
    let Scene { store, desk, tag, .. } = scene();
    let shared: Contact = desk.add(new("Sue", "Shared").shared()).unwrap();
    let admin = store.session(Actor::Administrator(desk.directory().tenants().unwrap()[0].id));
    let job = start(&admin, JobAction::Tag { tag }, "last = Shared");
    assert_eq!(finish(&desk, job, 1), [(shared.id, "shared-contact")]);
    let job = start(&desk, JobAction::Tag { tag }, "last = Shared");
    assert_eq!(finish(&desk, job, 1), [(shared.id, "done")]);
}

#[test]
fn debug_output_of_a_job_has_no_names() {
    let Scene { desk, .. } = scene();
    let set = JobAction::SetAttribute {
        namespace: AttributeNamespace::Custom,
        key: "a".into(),
        value: Some("secret".into()),
    };
    let job = desk.jobs().create(NewJob::new(set, "first = Secretive".parse().unwrap())).unwrap();
    assert!(!format!("{job:?} {:?}", job.action).to_lowercase().contains("secret"));
    let json = serde_json::to_value(&job).unwrap();
    assert_eq!(
        (&json["requestedBy"], &json["action"], &json["state"]),
        (&"system".into(), &"setAttribute".into(), &"open".into())
    );
    assert_eq!((&json["filter"], &json["value"]), (&"first = Secretive".into(), &"secret".into()));
}

/// A book with more contacts than one slice looks at, nobody of whom meets the filter but the last.
#[test]
fn a_batch_is_bounded_even_without_matches() {
    let (store, desk) = desk();
    let many = (0..3_100).map(|n| new(&format!("P{n}"), ""));
    desk.add_many(many, cardex::contacts::AddManyOptions::new(), |_, outcome| {
        assert!(matches!(outcome, ImportOutcome::Added(_)));
    })
    .unwrap();
    let last = desk.add(new("Last", "")).unwrap().id;
    let tag = desk.tags().add(TagPatch::new().name("a")).unwrap().id;
    let job = start(&desk, JobAction::Tag { tag }, "first = Last");
    let first = desk.jobs().run_batch(job, limits::JOB_BATCH).unwrap();
    assert!(first.outcomes.is_empty() && !first.is_over());
    assert_eq!((first.job.scanned, first.job.percent), (2_000, 64));
    assert_eq!(finish(&desk, job, 1), [(last, "done")]);
    // Tags alone decide without a row.
    let job = start(&desk, JobAction::Untag { tag }, "tag = a");
    assert!(desk.jobs().run_batch(job, limits::JOB_BATCH).unwrap().is_over());
    assert!(store.check().unwrap().is_ok());
}
