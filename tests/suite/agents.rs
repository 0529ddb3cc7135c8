//! The role of an agent: every contact of the tenant, but no removal, no import and no administration.

use cardex::contacts::{AddManyOptions, MergeOptions};
use cardex::jobs::{JobAction, NewJob};
use cardex::tags::TagPatch;
use cardex::{Actor, ContactPatch, NewAdvisor, Session};

use crate::support::{new, open_store};

fn code<T>(done: cardex::Result<T>) -> &'static str {
    done.err().map_or("ok", |error| error.code())
}

#[test]
fn an_agent_sees_and_edits_the_whole_tenant() {
    let (store, session) = open_store();
    let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "Ash")).unwrap();
    let away = session.directory().add_tenant("away").unwrap().id;
    let john = session.add(new("John", "Doe").phone("+33612345678")).unwrap().id;
    let mary = session.add(new("Mary", "Roe")).unwrap().id;
    let hidden = session.clone().in_tenant(away).add(new("Eve", "Poe")).unwrap().id;
    let advisor = store.session(Actor::Advisor(ada.id));
    assert_eq!(advisor.contacts().total().unwrap(), 0, "no contact is linked");

    let agent: Session = advisor.as_agent();
    assert_eq!(agent.actor(), Actor::Agent(ada.id));
    assert_eq!(agent.contacts().total().unwrap(), 2);
    assert_eq!(agent.search("jo").page().unwrap().items.len(), 1);
    assert!(agent.get(hidden).unwrap().is_none(), "another tenant stays hidden");
    let edited = agent.edit(john, ContactPatch::new().company("Acme").emails(["j@example.com"])).unwrap();
    assert_eq!(edited.company, "Acme");
    agent.edit(john, ContactPatch::new().blocked(true)).unwrap();
    let note = agent.notes(john).add("called").unwrap();
    assert_eq!(note.advisor, Some(ada.id), "the agent is the author");
    agent.tags().set(john, &["vip"], cardex::tags::UnknownTagPolicy::Create).unwrap();
    let added = agent.add(new("Zoe", "Zed")).unwrap().id;
    assert_eq!(
        session.directory().advisors_of(added).page().unwrap().items.len(),
        0,
        "an agent is not linked"
    );
    agent.merge(john, mary, MergeOptions::new()).unwrap();

    assert_eq!(code(agent.remove(added)), "forbidden");
    assert_eq!(code(agent.purge(added)), "forbidden");
    assert_eq!(code(agent.add_many([new("A", "B")], AddManyOptions::new(), |_, _| ())), "forbidden");
    let job = NewJob::new(JobAction::Remove, "company = Acme".parse().unwrap());
    assert_eq!(code(agent.jobs().create(job)), "forbidden");
    assert_eq!(code(agent.tags().add(TagPatch::new().name("new"))), "forbidden");
    assert_eq!(code(agent.contacts().trash().page()), "forbidden");
    assert_eq!(code(agent.onboarding().offboard_contact(added)), "ok", "without links nothing is to do");
    assert_eq!(session.clone().as_agent().actor(), Actor::System, "only an advisor becomes an agent");
    assert!(store.check().unwrap().is_ok());
}
