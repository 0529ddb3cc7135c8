//! Permissions: every operation by every kind of actor.

use crate::support::{SMS, found, new, open_store, options};
use cardex::blocking::{BlockReason, NewBlockedNumber};
use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::conversations::{ConversationKind, NewConversation};
use cardex::filters::TextField;
use cardex::onboarding::{NewOnboarding, OffboardStatus, OnboardingDetails};
use cardex::{
    Actor, Advisor, AdvisorId, Contact, ContactPatch, Error, Filter, Network, NewAdvisor, NewContact, Result,
    Session, Store,
};

/// The actors: the system, an administrator of the contact's tenant and one of another tenant, an advisor with a link
/// to the contact and one without.
pub(crate) const ACTORS: usize = 5;

/// Two tenants, three advisors, one contact linked to the first advisor, one shared contact without links.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) session: Session,
    pub(crate) actors: [Session; ACTORS],
    pub(crate) linked: Advisor,
    pub(crate) other: Advisor,
    pub(crate) stranger: Advisor,
    pub(crate) contact: Contact,
    pub(crate) shared: Contact,
}

pub(crate) fn fixture() -> Fixture {
    let (store, session) = open_store();
    let home = session.directory().tenants().unwrap()[0].id;
    let away = session.directory().add_tenant("away").unwrap().id;
    let [linked, other] = ["l@x", "o@x"]
        .map(|email| session.directory().add_advisor(NewAdvisor::new("A", "B").email(email)).unwrap());
    let stranger =
        session.clone().in_tenant(away).directory().add_advisor(NewAdvisor::new("S", "T")).unwrap();
    let contact = session.add(new("Ada", "Ash").phone("+33612345678").advisor(linked.id)).unwrap();
    let shared = session.add(new("Sue", "Shared").shared()).unwrap();
    let actors = [
        Actor::System,
        Actor::Administrator(home),
        Actor::Administrator(away),
        Actor::Advisor(linked.id),
        Actor::Advisor(other.id),
    ]
    .map(|actor| store.session(actor));
    Fixture { store, session, actors, linked, other, stranger, contact, shared }
}

/// The outcome for each actor: `ok`, or the code of the error. Each actor gets a new fixture.
pub(crate) fn outcomes(operation: impl Fn(&Fixture, &Session) -> Result<()>) -> [&'static str; ACTORS] {
    std::array::from_fn(|at| {
        let fixture = fixture();
        let reported = operation(&fixture, &fixture.actors[at]).err().map_or("ok", |error| error.code());
        assert!(fixture.store.check().unwrap().is_ok());
        reported
    })
}

pub(crate) type Operation = fn(&Fixture, &Session) -> Result<()>;

pub(crate) const OK: &str = "ok";

pub(crate) const NO: &str = "forbidden";

pub(crate) const SHARED: &str = "shared-contact";

pub(crate) const NONE: &str = "no-contact";

pub(crate) const NO_ADVISOR: &str = "no-advisor";

pub(crate) const NO_ROOM: &str = "no-conversation";

#[test]
fn operations_on_a_contact() {
    let patch = || ContactPatch::new().company("Acme");
    let seen_by_some = [OK, OK, NONE, OK, NONE];
    assert_eq!(outcomes(|s, a| a.edit(s.contact.id, patch()).map(drop)), seen_by_some, "edit");
    assert_eq!(outcomes(|s, a| a.remove(s.contact.id)), seen_by_some, "remove");
    let restore = |s: &Fixture, a: &Session| {
        s.session.remove(s.contact.id)?;
        a.restore(s.contact.id).map(drop)
    };
    assert_eq!(outcomes(restore), seen_by_some, "restore");
    assert_eq!(outcomes(|s, a| a.purge(s.contact.id)), [OK, OK, NONE, NO, NONE], "purge");
    assert_eq!(outcomes(|s, a| a.card(s.contact.id).map(drop)), seen_by_some, "card");
    assert_eq!(
        outcomes(|s, a| a.directory().advisors_of(s.contact.id).page().map(drop)),
        seen_by_some,
        "advisors of"
    );
    assert_eq!(outcomes(|s, a| a.link(s.contact.id, s.other.id).map(drop)), [OK, OK, NONE, OK, NONE], "link");
    assert_eq!(outcomes(|s, a| a.unlink(s.contact.id, s.linked.id).map(drop)), seen_by_some, "unlink");
    assert_eq!(
        outcomes(|s, a| a.unlink(s.contact.id, s.other.id).map(drop)),
        [OK, OK, NONE, NO, NONE],
        "unlink another advisor"
    );
}

#[test]
fn operations_of_the_federation() {
    let details = || OnboardingDetails::new("Ada", "Ash", "+33612345678");
    let onboarding = |s: &Fixture| NewOnboarding::new(SMS, "Bea", "Birch", "+33698765432", s.linked.id);
    assert_eq!(
        outcomes(|s, a| a.onboarding().onboard(&onboarding(s)).map(drop)),
        [OK, OK, "onboarder-not-entitled", OK, "not-the-onboarder"],
        "onboard"
    );
    let seen_by_some = [OK, OK, NONE, OK, NONE];
    assert_eq!(
        outcomes(|s, a| a.onboarding().edit(s.contact.id, s.linked.id, &details()).map(drop)),
        seen_by_some,
        "update"
    );
    assert_eq!(
        outcomes(|s, a| a.onboarding().resend_invitation(s.contact.id, s.linked.id).map(drop)),
        ["no-invitations", "no-invitations", NONE, "no-invitations", NONE],
        "resend an invitation"
    );
    assert_eq!(
        outcomes(|_, a| a.onboarding().confirm_invitation("X").map(drop)),
        ["wrong-code", "wrong-code", "wrong-code", NO, NO],
        "confirm an invitation"
    );
    assert_eq!(
        outcomes(|s, a| a.onboarding().offboard_contact(s.contact.id).map(drop)),
        seen_by_some,
        "offboard a contact"
    );
    assert_eq!(
        outcomes(|s, a| a.onboarding().offboard_advisor(s.linked.id).map(drop)),
        [OK, OK, NO_ADVISOR, OK, NO],
        "offboard an advisor"
    );
    let cut = |s: &Fixture, a: &Session| {
        let report = a.onboarding().offboard(&[(s.contact.id, s.linked.id)])?;
        if report[0].status == OffboardStatus::Success { Ok(()) } else { Err(Error::NoContact(s.contact.id)) }
    };
    assert_eq!(outcomes(cut), seen_by_some, "offboard");
    assert_eq!(outcomes(|_, a| a.companies("a", 1).map(drop)), [OK; ACTORS], "companies");
    assert_eq!(outcomes(|_, a| a.outbox().pending(1).map(drop)), [OK, OK, OK, NO, NO], "outbox");
}

#[test]
fn operations_on_blocks() {
    let number = || "+33612345678".to_owned();
    let own_or_all = [OK, OK, NO_ADVISOR, OK, NO];
    let block = |s: &Fixture, a: &Session| {
        a.blocked_numbers().block(s.linked.id, [NewBlockedNumber::new(number(), BlockReason::Spam)]).map(drop)
    };
    assert_eq!(outcomes(block), own_or_all, "block");
    assert_eq!(
        outcomes(|s, a| a.blocked_numbers().unblock(s.linked.id, [number()]).map(drop)),
        own_or_all,
        "unblock"
    );
    assert_eq!(outcomes(|s, a| a.blocked_numbers().of_advisor(s.linked.id).map(drop)), own_or_all, "blocked");
    assert_eq!(
        outcomes(|_, a| a.blocked_numbers().set_for_tenant(&number(), true).map(drop)),
        [OK, OK, OK, NO, NO],
        "tenant's block"
    );
    assert_eq!(
        outcomes(|_, a| a.blocked_numbers().of_tenant().map(drop)),
        [OK, OK, OK, NO, NO],
        "tenant's blocks"
    );
    let seen = |s: &Fixture, a: &Session| {
        s.session
            .blocked_numbers()
            .block(s.linked.id, [NewBlockedNumber::new(number(), BlockReason::Spam)])?;
        match a.blocked_numbers().of(&[s.contact.id])?[0].len() {
            0 => Err(Error::NoContact(s.contact.id)),
            _ => Ok(()),
        }
    };
    assert_eq!(outcomes(seen), [OK, OK, NONE, OK, NONE], "the blocks of a contact");
}

#[test]
fn operations_on_conversations() {
    let conversation = || NewConversation::new("s1", ConversationKind::MultiParty, SMS);
    let known = |s: &Fixture| s.session.conversations().add(&conversation().advisor(s.linked.id)).map(drop);
    let seen_by_some = [OK, OK, NO_ROOM, OK, NO_ROOM];
    assert_eq!(outcomes(|_, a| a.conversations().add(&conversation()).map(drop)), [OK; ACTORS], "add");
    let with =
        |s: &Fixture, a: &Session| a.conversations().add(&conversation().member(s.contact.id)).map(drop);
    assert_eq!(outcomes(with), [OK, OK, NONE, OK, NONE], "add with a contact");
    let over =
        |s: &Fixture, a: &Session| a.conversations().add(&conversation().advisor(s.linked.id)).map(drop);
    assert_eq!(outcomes(over), [OK, OK, NO_ADVISOR, OK, NO], "add for an advisor");
    let operations: [(&str, Operation); 4] = [
        ("show", |_, a| a.conversations().get("s1")?.map(drop).ok_or(Error::NoConversation)),
        ("members", |_, a| a.conversations().members("s1").map(drop)),
        ("remove", |_, a| a.conversations().delete("s1")),
        ("join", |s, a| a.conversations().add_member("s1", s.contact.id).map(drop)),
    ];
    for (name, operation) in operations {
        let operation = |s: &Fixture, a: &Session| known(s).and_then(|()| operation(s, a));
        assert_eq!(outcomes(operation), seen_by_some, "{name}");
    }
    let leave = |s: &Fixture, a: &Session| {
        known(s)?;
        s.session.conversations().add_member("s1", s.contact.id)?;
        a.conversations().remove_member("s1", s.contact.id).map(drop)
    };
    assert_eq!(outcomes(leave), seen_by_some, "leave");
    let group = |s: &Fixture, a: &Session| {
        known(s).and_then(|()| a.conversations().move_to_group("s1", None).map(drop))
    };
    assert_eq!(outcomes(group), [OK, OK, NO_ROOM, NO, NO], "move to a group");
    assert_eq!(
        outcomes(|s, a| a.conversations().of(s.contact.id).map(drop)),
        [OK, OK, NONE, OK, NONE],
        "rooms of a contact"
    );
}

#[test]
fn copies() {
    let copy = |linked: bool| {
        move |s: &Fixture, a: &Session| {
            let sue = NewContact::new(Network::SMS, "Sue", "S")
                .company("Acme")
                .email("s@example.com")
                .phone("+33612345670");
            let sue = s.session.add(sue.shared())?.id;
            if linked {
                s.session.link(sue, s.linked.id)?;
            }
            a.copy_to_tenant(sue).map(drop)
        }
    };
    assert_eq!(outcomes(copy(false)), [OK, OK, OK, NONE, NONE], "copy");
    assert_eq!(outcomes(copy(true)), [OK, OK, OK, OK, NONE], "copy what one has");
    assert_eq!(
        outcomes(|s, a| a.copy_to_tenant(s.contact.id).map(drop)),
        ["copy-not-supported", "copy-not-supported", NONE, "copy-not-supported", NONE]
    );
}

#[test]
fn links_stay_within_the_tenant() {
    assert_eq!(
        outcomes(|s, a| a.link(s.contact.id, s.stranger.id).map(drop)),
        [NO_ADVISOR, NO_ADVISOR, NONE, NO_ADVISOR, NONE],
        "link"
    );
    assert_eq!(
        outcomes(|s, a| a.add(new("Bea", "Birch").advisor(s.stranger.id)).map(drop)),
        [NO_ADVISOR, NO_ADVISOR, OK, NO_ADVISOR, NO_ADVISOR],
        "add"
    );
    let many = |s: &Fixture, a: &Session| {
        let mut reported = Ok(());
        a.add_many([new("Bea", "Birch").advisor(s.stranger.id)], AddManyOptions::new(), |_, outcome| {
            if let ImportOutcome::Rejected(error) = outcome {
                reported = Err(error);
            }
        })?;
        reported
    };
    assert_eq!(outcomes(many), [NO_ADVISOR, NO_ADVISOR, OK, NO_ADVISOR, NO_ADVISOR], "add many");
    // A shared contact can be linked to advisors of every tenant.
    assert_eq!(
        outcomes(|s, a| a.link(s.shared.id, s.stranger.id).map(drop)),
        [OK, NO_ADVISOR, OK, NONE, NONE]
    );
}

#[test]
fn only_the_system_changes_shared_data() {
    let patch = || ContactPatch::new().company("Acme");
    assert_eq!(outcomes(|s, a| a.edit(s.shared.id, patch()).map(drop)), [OK, SHARED, SHARED, NONE, NONE]);
    assert_eq!(outcomes(|s, a| a.remove(s.shared.id)), [OK, SHARED, SHARED, NONE, NONE]);
    assert_eq!(outcomes(|s, a| a.purge(s.shared.id)), [OK, SHARED, SHARED, NONE, NONE]);
    assert_eq!(outcomes(|_, a| a.add(new("Bea", "Birch").shared()).map(drop)), [OK, NO, NO, NO, NO]);
    // A linked advisor sees it, but still cannot change it.
    let edit = |s: &Fixture, a: &Session| {
        s.session.link(s.shared.id, s.linked.id)?;
        a.edit(s.shared.id, patch()).map(drop)
    };
    assert_eq!(outcomes(edit), [OK, SHARED, SHARED, SHARED, NONE]);
}

#[test]
fn visibility_of_contacts() {
    let fixture = fixture();
    let sees: [(bool, bool, Vec<String>, usize, usize, bool); ACTORS] = std::array::from_fn(|at| {
        let actor = &fixture.actors[at];
        (
            actor.get(fixture.contact.id).unwrap().is_some(),
            actor.get(fixture.shared.id).unwrap().is_some(),
            found(actor, ""),
            actor.contacts().page().unwrap().items.len(),
            actor.contacts().network(SMS).sections().unwrap().len(),
            actor.find_by_phone(&SMS, "06 12 34 56 78", None).is_ok_and(|found| found.is_some())
                || actor.find_by_phone(&SMS, "+33 6 12 34 56 78", None).unwrap().is_some(),
        )
    });
    let both = vec!["Ada Ash".to_owned(), "Sue Shared".to_owned()];
    let (ada, sue) = (vec![both[0].clone()], vec![both[1].clone()]);
    assert_eq!(sees[0], (true, true, both.clone(), 2, 2, true), "system");
    assert_eq!(sees[1], (true, true, both, 2, 2, true), "administrator");
    assert_eq!(sees[2], (false, true, sue, 1, 1, false), "administrator of another tenant");
    assert_eq!(sees[3], (true, false, ada, 1, 1, true), "advisor");
    assert_eq!(sees[4], (false, false, Vec::new(), 0, 0, false), "another advisor");
    let system = fixture.session.clone().in_tenant(fixture.stranger.tenant);
    assert!(system.get(fixture.contact.id).unwrap().is_none(), "the system in another tenant");
    assert_eq!(found(&system, ""), ["Sue Shared"]);
}

#[test]
fn an_advisor_removes_only_unshared_contacts() {
    let fixture = fixture();
    fixture.session.link(fixture.contact.id, fixture.other.id).unwrap();
    for advisor in &fixture.actors[3..] {
        assert_eq!(advisor.remove(fixture.contact.id).unwrap_err().code(), NO);
    }
    assert!(fixture.actors[3].unlink(fixture.contact.id, fixture.linked.id).unwrap());
    assert_eq!(fixture.actors[3].get(fixture.contact.id).unwrap(), None);
    fixture.actors[4].remove(fixture.contact.id).unwrap();
    assert!(fixture.actors[4].get(fixture.contact.id).unwrap().unwrap().trashed_at.is_some());
    assert!(found(&fixture.actors[4], "").is_empty());
}

#[test]
fn advisors_of_another_tenant_stay_hidden() {
    let fixture = fixture();
    for advisor in [fixture.linked.id, fixture.stranger.id] {
        assert!(fixture.session.link(fixture.shared.id, advisor).unwrap());
    }
    let ids = |session: &Session| -> Vec<AdvisorId> {
        let ids = session
            .directory()
            .advisors_of(fixture.shared.id)
            .iter()
            .map(|advisor| advisor.unwrap().id)
            .collect();
        let gone = cardex::ContactId(999_999);
        let many = session.links_of(&[gone, fixture.shared.id, fixture.shared.id]).unwrap();
        assert_eq!(many, [vec![], Vec::clone(&ids), Vec::clone(&ids)]);
        ids
    };
    assert_eq!(ids(&fixture.session), [fixture.linked.id, fixture.stranger.id]);
    assert_eq!(ids(&fixture.actors[1]), [fixture.linked.id]);
    assert_eq!(ids(&fixture.actors[2]), [fixture.stranger.id]);
    assert_eq!(ids(&fixture.actors[3]), [fixture.linked.id]);
}

#[test]
fn unauthenticated_callers_are_refused() {
    let (store, session) = open_store();
    let id = session.add(new("Ada", "Ash")).unwrap().id;
    let unnamed = store.session(Actor::Advisor(AdvisorId(999_999)));
    assert!(matches!(unnamed.get(id).unwrap_err(), Error::NoAdvisor(AdvisorId(999_999))));
    let unnamed = store.session(Actor::Administrator(cardex::TenantId(999_999)));
    assert_eq!(unnamed.contacts().page().unwrap_err().code(), "not-found");
    assert_eq!(
        session.in_tenant(cardex::TenantId(999_999)).search("").page().unwrap_err().code(),
        "not-found"
    );
}

/// With the index, and with the rows of the few contacts that match a condition.
#[test]
fn a_search_of_the_trash_finds_the_tenants_own_contacts() {
    let store = options(1).open_in_memory().unwrap();
    let host = store.session(Actor::System);
    let tenants = ["West", "East"].map(|name| host.directory().add_tenant(name).unwrap().id);
    let tess = |session: &Session, kind: usize| {
        let person = new("Tess", "Roe").city("Lyon").phone(format!("+3361234567{kind}"));
        session.add(person).unwrap().id
    };
    let sessions = tenants.map(|tenant| store.session(Actor::Administrator(tenant)));
    let gone = [0, 1].map(|at| {
        let id = tess(&sessions[at], at);
        sessions[at].remove(id).unwrap();
        tess(&sessions[at], at); // a contact outside the trash
        id
    });
    let lyon = Filter::field(TextField::City).equals("Lyon");
    for filter in [Filter::all([]), lyon] {
        let found = |session: &Session| -> Vec<_> {
            let hits = session.search("tess").trash().filter(filter.clone());
            hits.page().unwrap().items.into_iter().map(|hit| hit.contact.id).collect()
        };
        assert_eq!(found(&sessions[0]), [gone[0]], "{filter}");
        assert_eq!(found(&sessions[1]), [gone[1]], "{filter}");
        assert_eq!(found(&host), gone, "{filter}");
    }
}
