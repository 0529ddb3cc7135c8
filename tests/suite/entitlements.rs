//! Entitlements, advisor numbers, permissions, groups: a scenario for each rule.

use crate::support::{To, backwards, forwards, new, open_store};
use cardex::directory::{NetworkPolicy, TenantPolicy};
use cardex::entitlements::{EntitlementStatus, NewEntitlement, Permission, Permissions};
use cardex::{
    Actor, Advisor, AdvisorId, EntityKind, Error, Network, NewAdvisor, Result, RuleViolation, Session,
};

pub(crate) const WHATSAPP: Network = Network::WHATSAPP;

/// Advisors have no number of their own on this network.
pub(crate) const SMS: Network = Network::SMS;

/// Advisors may have one here.
pub(crate) const OPTIONAL: Network = Network::WHATSAPP_DIRECT;

/// Advisors must have one here.
pub(crate) const REQUIRED: Network = Network::SMS_DIRECT;

pub(crate) const ONE: &str = "+33612345601";

pub(crate) const TWO: &str = "+33612345602";

pub(crate) const THREE: &str = "+33612345603";

/// The violated rule.
pub(crate) fn refused<T>(done: Result<T>) -> RuleViolation {
    match done {
        Err(Error::Rule(refusal)) => refusal,
        Err(other) => panic!("refused, not {other:?}"),
        Ok(_) => panic!("refused, not done"),
    }
}

pub(crate) fn code<T>(done: Result<T>) -> &'static str {
    done.err().map_or("ok", |error| error.code())
}

pub(crate) fn add_advisor(session: &Session, email: &str) -> Advisor {
    session.directory().add_advisor(NewAdvisor::new("Ada", "Byron").email(email)).unwrap()
}

pub(crate) fn entitlement(network: Network, advisor: AdvisorId) -> NewEntitlement {
    NewEntitlement::new(network).advisor(advisor)
}

/// The number of an entitlement, as written.
pub(crate) fn number(done: Result<cardex::entitlements::Entitlement>) -> Option<String> {
    done.unwrap().phone.map(|phone| phone.text)
}

#[test]
fn default_permissions_come_with_an_entitlement_and_others_are_added() {
    let (_store, session) = open_store();
    let ada = add_advisor(&session, "ada@x");
    let given = session.entitlements().add(entitlement(WHATSAPP, ada.id)).unwrap();
    assert_eq!(given.permissions, Permissions::DEFAULT);
    assert_eq!((given.status, &given.network), (EntitlementStatus::Entitled, &WHATSAPP));
    assert_eq!((given.advisor.as_ref(), given.email.as_str()), (Some(&ada), "ada@x"));
    assert_eq!((given.group, &given.phone, given.own_contact), (None, &None, None));
    assert!(given.created_at.is_some());
    assert_eq!(session.entitlements().get(ada.id, &WHATSAPP).unwrap(), given);

    // On WECHAT, creating contacts needs an explicit permission.
    let given = session.entitlements().add(entitlement(Network::WECHAT, ada.id)).unwrap();
    assert!(!given.permissions.contains(Permission::CreateContact));
    let more = [Permission::ListCustomers, Permission::CreateRoom];
    let given = session.entitlements().add(entitlement(SMS, ada.id).permissions(more)).unwrap();
    assert_eq!(given.permissions, Permissions::DEFAULT.with(Permission::ListCustomers));

    let none = NetworkPolicy::new(Network::new("SIGNAL").unwrap()).default_permissions(Permissions::NONE);
    session.directory().add_network(&none).unwrap();
    assert_eq!(
        session.entitlements().add(entitlement(none.network, ada.id)).unwrap().permissions,
        Permissions::NONE
    );
}

#[test]
fn the_advisor_is_named_by_id_or_address_and_the_id_wins() {
    let (_store, session) = open_store();
    let (ada, bob) = (add_advisor(&session, "ada@x"), add_advisor(&session, "bob@x"));
    assert_eq!(refused(session.entitlements().add(NewEntitlement::new(SMS))), RuleViolation::AdvisorRequired);
    assert_eq!(
        refused(session.entitlements().add(NewEntitlement::new(SMS).email("  "))),
        RuleViolation::AdvisorRequired
    );
    let both = session.entitlements().add(entitlement(SMS, ada.id).email("bob@x")).unwrap();
    assert_eq!(both.advisor.unwrap().id, ada.id);
    assert_eq!(refused(session.entitlements().get(bob.id, &SMS)), RuleViolation::NoEntitlement);
    let by_email = session.entitlements().add(NewEntitlement::new(SMS).email(" BOB@X ")).unwrap();
    assert_eq!((by_email.advisor.unwrap().id, by_email.email.as_str()), (bob.id, "bob@x"));
    assert_eq!(session.entitlements().get("Bob@x", &SMS).unwrap().status, EntitlementStatus::Entitled);
}

#[test]
fn unknown_and_invalid_values_are_refused() {
    let (_store, session) = open_store();
    let ada = add_advisor(&session, "ada@x");
    assert!(matches!(
        session.entitlements().add(entitlement(SMS, AdvisorId(999_999))).unwrap_err(),
        Error::NoAdvisor(AdvisorId(999_999))
    ));
    assert_eq!(
        code(session.entitlements().add(entitlement(Network::new("NOPE").unwrap(), ada.id))),
        "no-network"
    );
    assert_eq!(code(session.entitlements().add(NewEntitlement::new(SMS).email("nobody"))), "invalid");
    assert_eq!(code(session.entitlements().add(entitlement(OPTIONAL, ada.id).phone("no number"))), "invalid");
    assert_eq!(
        code(session.entitlements().add(entitlement(OPTIONAL, ada.id).phone("1".repeat(65)))),
        "invalid"
    );
    let missing =
        session.entitlements().add(entitlement(SMS, ada.id).group(cardex::directory::GroupId(999_999)));
    assert!(matches!(missing.unwrap_err(), Error::NotFound(EntityKind::Group, 999_999)));
    for network in [SMS, OPTIONAL] {
        assert_eq!(refused(session.entitlements().get(ada.id, &network)), RuleViolation::NoEntitlement);
    }
    assert_eq!(code(session.entitlements().get(AdvisorId(999_999), &SMS)), "no-advisor");
    assert_eq!(refused(session.entitlements().get("", &SMS)), RuleViolation::NoEntitlement);
}

#[test]
fn a_network_closed_to_the_tenant_is_closed_to_its_advisors() {
    let (store, session) = open_store();
    let ada = add_advisor(&session, "ada@x");
    session.directory().set_network_open(&SMS, None, false).unwrap();
    let home = store.session(Actor::Administrator(ada.tenant));
    assert_eq!(refused(home.entitlements().add(entitlement(SMS, ada.id))), RuleViolation::NetworkClosed);
    assert_eq!(
        refused(session.entitlements().add(NewEntitlement::new(SMS).email("new@x"))),
        RuleViolation::NetworkClosed
    );
    session.directory().set_network_open(&SMS, None, true).unwrap();
    home.entitlements().add(entitlement(SMS, ada.id)).unwrap();
    // Entitlements stay, but have no effect.
    session.directory().set_network_open(&SMS, None, false).unwrap();
    assert_eq!(home.entitlements().get(ada.id, &SMS).unwrap().permissions, Permissions::DEFAULT);
}

#[test]
fn an_advisor_is_entitled_once() {
    let (_store, session) = open_store();
    let ada = add_advisor(&session, "ada@x");
    session.entitlements().add(entitlement(OPTIONAL, ada.id).phone(ONE)).unwrap();
    assert_eq!(
        refused(session.entitlements().add(entitlement(OPTIONAL, ada.id))),
        RuleViolation::EntitlementExists
    );
    assert_eq!(
        refused(session.entitlements().add(entitlement(OPTIONAL, ada.id).phone(TWO))),
        RuleViolation::EntitlementExists
    );
    session.entitlements().withdraw("ada@x", &OPTIONAL).unwrap();
    assert_eq!(refused(session.entitlements().get(ada.id, &OPTIONAL)), RuleViolation::NoEntitlement);
    assert_eq!(refused(session.entitlements().withdraw(ada.id, &OPTIONAL)), RuleViolation::NoEntitlement);
    session.entitlements().add(entitlement(OPTIONAL, ada.id).phone(ONE)).unwrap();
}

#[test]
fn a_pre_entitlement_applies_to_a_new_advisor() {
    let (store, session) = open_store();
    let group = session.directory().add_group("north").unwrap();
    let away = session.directory().add_tenant("away").unwrap();
    let waiting = NewEntitlement::new(OPTIONAL).email("New@X").phone(ONE).group(group.id);
    let more = waiting.clone().permissions([Permission::ListCustomers]);
    assert_eq!(refused(session.entitlements().add(more)), RuleViolation::PermissionsNotYetAllowed);
    let given = session.entitlements().add(waiting.clone()).unwrap();
    assert_eq!((given.status, given.advisor.as_ref()), (EntitlementStatus::PreEntitled, None));
    assert_eq!((given.email.as_str(), given.group), ("New@X", Some(group.id)));
    assert_eq!(given.permissions, Permissions::DEFAULT);
    assert_eq!(session.entitlements().get("new@x", &OPTIONAL).unwrap(), given);
    session.entitlements().add(NewEntitlement::new(Network::WECHAT).email("new@x")).unwrap();

    // The same request again is an existing entitlement; with another number it is a mismatch.
    let again = NewEntitlement::new(OPTIONAL).email("new@x");
    assert_eq!(refused(session.entitlements().add(again.clone())), RuleViolation::EntitlementExists);
    assert_eq!(
        refused(session.entitlements().add(again.clone().phone("+33 6 12 34 56 01"))),
        RuleViolation::EntitlementExists
    );
    assert_eq!(refused(session.entitlements().add(again.phone(TWO))), RuleViolation::NumberMismatch);
    // A pre-entitlement is not in the list, and its number is not available to others.
    assert!(session.entitlements().list(&OPTIONAL).page().unwrap().items.is_empty());
    let ada = add_advisor(&session, "ada@x");
    assert_eq!(
        refused(session.entitlements().add(entitlement(OPTIONAL, ada.id).phone(ONE))),
        RuleViolation::NumberTaken
    );

    // The same e-mail address in another tenant is another person.
    let stranger = session
        .clone()
        .in_tenant(away.id)
        .directory()
        .add_advisor(NewAdvisor::new("N", "N").email("new@x"))
        .unwrap();
    assert_eq!(refused(session.entitlements().get(stranger.id, &OPTIONAL)), RuleViolation::NoEntitlement);
    let hired = add_advisor(&session, "NEW@x");
    let theirs = session.entitlements().get(hired.id, &OPTIONAL).unwrap();
    assert_eq!((theirs.status, theirs.advisor.as_ref()), (EntitlementStatus::Entitled, Some(&hired)));
    assert_eq!(
        (theirs.group, &theirs.phone, theirs.created_at),
        (given.group, &given.phone, given.created_at)
    );
    let wechat = session.entitlements().permissions(hired.id, &Network::WECHAT).unwrap();
    assert_eq!(wechat, Permissions::DEFAULT.without(Permission::CreateContact));
    assert_eq!(session.entitlements().list(&OPTIONAL).page().unwrap().items, [theirs]);
    let own = store.session(Actor::Advisor(hired.id));
    assert_eq!(own.entitlements().get("new@x", &OPTIONAL).unwrap().status, EntitlementStatus::Entitled);
}

#[test]
fn a_rejected_advisor_keeps_the_pre_entitlement() {
    let (_store, session) = open_store();
    session.entitlements().add(NewEntitlement::new(SMS).email("new@x")).unwrap();
    let twice = ["new@x", "new@x"].map(|email| NewAdvisor::new("N", "N").email(email));
    assert_eq!(code(session.directory().add_advisors(twice)), "exists");
    assert_eq!(session.entitlements().get("new@x", &SMS).unwrap().status, EntitlementStatus::PreEntitled);
}

#[test]
fn a_pre_entitlement_can_be_withdrawn() {
    let (_store, session) = open_store();
    session.entitlements().add(NewEntitlement::new(OPTIONAL).email("new@x").phone(ONE)).unwrap();
    session.entitlements().withdraw("NEW@X", &OPTIONAL).unwrap();
    assert_eq!(refused(session.entitlements().withdraw("new@x", &OPTIONAL)), RuleViolation::NoEntitlement);
    let hired = add_advisor(&session, "new@x");
    assert_eq!(refused(session.entitlements().get(hired.id, &OPTIONAL)), RuleViolation::NoEntitlement);
    session.entitlements().add(entitlement(OPTIONAL, hired.id).phone(ONE)).unwrap();
}

#[test]
fn the_contact_of_an_advisor_is_reported() {
    let (_store, session) = open_store();
    let ada = add_advisor(&session, "ada@x");
    session.entitlements().add(entitlement(REQUIRED, ada.id).phone(ONE)).unwrap();
    let contact = session.add(new("Ada", "Byron").own_advisor(ada.id)).unwrap();
    session.add(cardex::NewContact::new(OPTIONAL, "Ada", "Byron").own_advisor(ada.id)).unwrap();
    assert_eq!(session.entitlements().get(ada.id, &REQUIRED).unwrap().own_contact, Some(contact.id));
    session.remove(contact.id).unwrap();
    assert_eq!(session.entitlements().get(ada.id, &REQUIRED).unwrap().own_contact, None);
}

#[test]
fn entitlements_come_in_pages() {
    let (_store, session) = open_store();
    let away = session.clone().in_tenant(session.directory().add_tenant("away").unwrap().id);
    // Descending ids: the order of the list is the order of addition.
    let advisors: Vec<AdvisorId> = (0..7)
        .map(|at| {
            session.directory().add_advisor(NewAdvisor::new("A", "B").id(AdvisorId(100 - at))).unwrap().id
        })
        .collect();
    let stranger = add_advisor(&away, "s@x").id;
    away.entitlements().add(entitlement(SMS, stranger)).unwrap();
    session.entitlements().add(entitlement(WHATSAPP, advisors[1])).unwrap();
    let entitled: Vec<AdvisorId> = advisors.iter().copied().filter(|id| id.0 % 3 > 0).collect();
    for advisor in entitled.iter().rev() {
        session.entitlements().add(entitlement(SMS, *advisor)).unwrap();
    }
    for limit in [1, 2, 3, 4, 5, 50] {
        let page = |to| {
            let list = session.entitlements().list(&SMS).limit(limit);
            match to {
                To::First => list.page(),
                To::After(cursor) => list.after(cursor).page(),
                To::Before(cursor) => list.before(cursor).page(),
            }
        };
        let ids = |all: Vec<cardex::entitlements::Entitlement>| -> Vec<AdvisorId> {
            all.into_iter().map(|one| one.advisor.unwrap().id).collect()
        };
        let (all, last) = forwards(limit, &page);
        assert_eq!(ids(all), entitled);
        assert_eq!(ids(backwards(limit, last, &page)), entitled);
    }
    assert_eq!(session.entitlements().list(&SMS).limit(2).iter().map(Result::unwrap).count(), entitled.len());
    let cursor = session.entitlements().list(&SMS).limit(1).page().unwrap().after;
    let elsewhere = session.entitlements().list(&WHATSAPP).after(cursor.clone()).page();
    assert_eq!(code(elsewhere), "cursor-mismatch");
    assert_eq!(code(away.entitlements().list(&SMS).after(cursor).page()), "cursor-mismatch");
    assert_eq!(code(session.entitlements().list(&SMS).limit(0).page()), "invalid");
}

#[test]
fn the_advisors_of_a_contact_with_their_permissions() {
    let (_store, session) = open_store();
    let away = session.clone().in_tenant(session.directory().add_tenant("away").unwrap().id);
    let [ada, bob, cy] = ["a@x", "b@x", "c@x"].map(|email| add_advisor(&session, email).id);
    let stranger = add_advisor(&away, "s@x").id;
    session
        .entitlements()
        .add(entitlement(REQUIRED, bob).phone(ONE).permissions([Permission::ListCustomers]))
        .unwrap();
    session.entitlements().add(entitlement(SMS, ada)).unwrap();
    let contact = session.add(new("John", "Doe").shared().advisor(bob).advisor(ada)).unwrap();
    session.link(contact.id, stranger).unwrap();
    let reported = |session: &Session| -> Vec<_> {
        let list = session.entitlements().of(contact.id).limit(1).iter().map(Result::unwrap);
        list.map(|one| (one.advisor.unwrap().id, one.permissions, one.created_at.is_some())).collect()
    };
    let unentitled = Permissions::DEFAULT.with(Permission::EditContactEmail);
    let theirs =
        [(ada, unentitled, false), (bob, Permissions::DEFAULT.with(Permission::ListCustomers), true)];
    assert_eq!(reported(&session)[..2], theirs);
    assert_eq!(reported(&session)[2], (stranger, unentitled, false));
    let home = session.clone().in_tenant(session.directory().tenant().unwrap().id);
    assert_eq!(reported(&home), theirs, "those of other tenants only for the system");
    session.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    assert_eq!(reported(&home)[0], (ada, Permissions::NONE, false));
    assert_eq!(reported(&session)[2], (stranger, unentitled, false), "their tenant asks for nothing");
    assert_eq!(code(session.entitlements().of(cardex::ContactId(999_999)).page()), "no-contact");
    assert_eq!(refused(session.entitlements().get(cy, &REQUIRED)), RuleViolation::NoEntitlement);
}
