//! Bulk jobs: permissions and personal data.

use crate::jobs::{Fixture, acme, failures, finish, fixture, start};
use crate::support::new;
use cardex::attributes::AttributeNamespace;
use cardex::directory::{NetworkPolicy, TenantPolicy};
use cardex::jobs::{JobAction, NewJob};
use cardex::{Actor, Contact, Filter, Network, NewAdvisor, NewContact, Session};

#[test]
fn a_job_has_the_permissions_of_its_creator() {
    let Fixture { store, session, all, tag } = fixture();
    let home = session.directory().tenants().unwrap()[0].id;
    let [ada, bob] =
        ["Ada", "Bob"].map(|name| session.directory().add_advisor(NewAdvisor::new(name, "B")).unwrap().id);
    session.link(all[0], ada).unwrap();
    session.link(all[2], ada).unwrap();
    session.link(all[2], bob).unwrap();
    let [own, others] = [ada, bob].map(|advisor| store.session(Actor::Advisor(advisor)));
    let admin = store.session(Actor::Administrator(home));
    let elsewhere = session.directory().add_tenant("away").unwrap().id;
    let away = store.session(Actor::Administrator(elsewhere));

    let job = start(&own, JobAction::Remove, "company = Acme");
    assert_eq!(own.jobs().get(job).unwrap().requested_by, Actor::Advisor(ada));
    for session in [&others, &away, &session.clone().in_tenant(elsewhere)] {
        assert_eq!(session.jobs().get(job).unwrap_err().code(), "not-found");
        assert_eq!(session.jobs().run_batch(job, 1).unwrap_err().code(), "not-found");
        assert_eq!(session.jobs().cancel(job).unwrap_err().code(), "not-found");
        assert_eq!(session.jobs().delete(job).unwrap_err().code(), "not-found");
        assert_eq!(session.jobs().failures(job).page().unwrap_err().code(), "not-found");
        assert!(session.jobs().list().page().unwrap().items.is_empty());
    }
    // An administrator may remove all of them. The advisor sees two, and may remove only the unshared one.
    assert_eq!(finish(&admin, job, 1), [(all[0], "done"), (all[2], "forbidden")]);
    assert_eq!(failures(&own, job), [(all[2], "forbidden".to_owned())]);
    assert_eq!(session.contacts().total().unwrap(), 9);

    // If the creator loses a permission, the job loses it too.
    let job = start(&own, JobAction::Tag { tag }, "true");
    session.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    assert!(finish(&session, job, 5).iter().all(|(_, word)| *word == "forbidden"));
    // Only the system sees the system's jobs.
    let systems = start(&session.clone().in_tenant(home), JobAction::Tag { tag }, "first = P1");
    assert_eq!(admin.jobs().run_batch(systems, 1).unwrap_err().code(), "not-found");
    let listed =
        |session: &Session| session.jobs().list().iter().map(|job| job.unwrap().id.0).collect::<Vec<_>>();
    assert_eq!((listed(&admin), listed(&own), listed(&others)), (vec![2, 1], vec![2, 1], vec![]));
    assert_eq!(listed(&session), [3, 2, 1]);
    // The same in the other direction.
    let last = |session: &Session| session.jobs().list().limit(1).iter().last().unwrap().unwrap().id.0;
    let back = |session: &Session| {
        let mut page = session.jobs().list().limit(1).page().unwrap();
        while let Some(after) = page.after {
            page = session.jobs().list().limit(1).after(after).page().unwrap();
        }
        let mut reported = Vec::new();
        while let Some(before) = page.before {
            page = session.jobs().list().limit(1).before(before).page().unwrap();
            reported.extend(page.items.iter().map(|job| job.id.0));
        }
        reported
    };
    assert_eq!((last(&admin), back(&admin), back(&own), back(&session)), (1, vec![2], vec![2], vec![2, 3]));
    assert_eq!(finish(&session, systems, 1), [(all[1], "done")]);
}

#[test]
fn a_job_may_be_of_one_network() {
    let Fixture { session, tag, all, .. } = fixture();
    let other = Network::new("OTHER").unwrap();
    session.directory().add_network(&NetworkPolicy::new(other.clone())).unwrap();
    let there = session.add(NewContact::new(other.clone(), "P", "X")).unwrap().id;
    let of = |network: &Network| {
        let new = NewJob::new(JobAction::Tag { tag }, Filter::all([])).network(network.clone());
        let job = session.jobs().create(new).unwrap();
        assert_eq!(job.network.as_ref(), Some(network));
        finish(&session, job.id, 5)
    };
    assert_eq!(of(&other), [(there, "done")]);
    assert_eq!(of(&Network::SMS_DIRECT).len(), all.len());
    let unknown = NewJob::new(JobAction::Remove, acme()).network(Network::new("NONE").unwrap());
    assert_eq!(session.jobs().create(unknown).unwrap_err().code(), "no-network");
}

#[test]
fn only_the_system_changes_a_shared_contact() {
    let Fixture { store, session, tag, .. } = fixture();
    let shared: Contact = session.add(new("Sue", "Shared").shared()).unwrap();
    let admin = store.session(Actor::Administrator(session.directory().tenants().unwrap()[0].id));
    let job = start(&admin, JobAction::Tag { tag }, "last = Shared");
    assert_eq!(finish(&session, job, 1), [(shared.id, "shared-contact")]);
    let job = start(&session, JobAction::Tag { tag }, "last = Shared");
    assert_eq!(finish(&session, job, 1), [(shared.id, "done")]);
}

#[test]
fn debug_output_of_a_job_has_no_names() {
    let Fixture { session, .. } = fixture();
    let set = JobAction::SetAttribute {
        namespace: AttributeNamespace::Custom,
        key: "a".into(),
        value: Some("secret".into()),
    };
    let job = session.jobs().create(NewJob::new(set, "first = Secretive".parse().unwrap())).unwrap();
    assert!(!format!("{job:?} {:?}", job.action).to_lowercase().contains("secret"));
    let json = serde_json::to_value(&job).unwrap();
    assert_eq!(
        (&json["requestedBy"], &json["action"], &json["state"]),
        (&"system".into(), &"setAttribute".into(), &"open".into())
    );
    assert_eq!((&json["filter"], &json["value"]), (&"first = Secretive".into(), &"secret".into()));
}
