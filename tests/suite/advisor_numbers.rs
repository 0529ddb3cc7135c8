//! Phone numbers of advisors, and number pools.

use crate::entitlements::{
    ONE, OPTIONAL, REQUIRED, SMS, THREE, TWO, add_advisor, code, entitlement, number, refused,
};
use crate::support::open_store;
use cardex::RuleViolation;
use cardex::entitlements::NewEntitlement;

#[test]
fn numbers_without_a_pool() {
    let (_store, session) = open_store();
    let (ada, bob) = (add_advisor(&session, "ada@x"), add_advisor(&session, "bob@x"));
    assert_eq!(
        refused(session.entitlements().add(entitlement(SMS, ada.id).phone(ONE))),
        RuleViolation::NumberNotSupported
    );
    assert_eq!(
        refused(session.directory().add_pooled_numbers(&SMS, [ONE])),
        RuleViolation::NumberNotSupported
    );
    assert_eq!(
        refused(session.entitlements().add(entitlement(REQUIRED, ada.id))),
        RuleViolation::NumberRequired
    );
    assert_eq!(number(session.entitlements().add(entitlement(OPTIONAL, ada.id))), None);
    assert_eq!(
        number(session.entitlements().add(entitlement(REQUIRED, ada.id).phone(ONE))).as_deref(),
        Some(ONE)
    );
    assert_eq!(
        refused(session.entitlements().add(entitlement(REQUIRED, bob.id).phone("33 6 12 34 56 01"))),
        RuleViolation::NumberTaken
    );
    // On another network it is a separate entitlement.
    assert_eq!(
        number(session.entitlements().add(entitlement(OPTIONAL, bob.id).phone(ONE))).as_deref(),
        Some(ONE)
    );
    session.entitlements().withdraw(ada.id, &REQUIRED).unwrap();
    let phone = session.entitlements().add(entitlement(REQUIRED, bob.id).phone(ONE)).unwrap().phone.unwrap();
    assert_eq!((phone.normalized.as_str(), phone.pooled), (ONE, false));
}

#[test]
fn a_tenant_with_a_pool_assigns_pooled_numbers_only() {
    let (_store, session) = open_store();
    let [ada, bob, cy, dee] = ["a@x", "b@x", "c@x", "d@x"].map(|email| add_advisor(&session, email));
    assert_eq!(
        session.directory().add_pooled_numbers(&REQUIRED, [TWO, "+33 6 12 34 56 01", TWO]).unwrap(),
        2
    );
    assert_eq!(session.directory().add_pooled_numbers(&REQUIRED, [ONE, THREE]).unwrap(), 1);
    assert_eq!(
        code(session.directory().add_pooled_numbers(&REQUIRED, ["+33612345604", "no number"])),
        "invalid"
    );
    let pool = || -> Vec<(String, bool)> {
        session
            .directory()
            .pooled_numbers(&REQUIRED)
            .unwrap()
            .into_iter()
            .map(|number| (number.normalized, number.assigned))
            .collect()
    };
    assert_eq!(pool(), [ONE, TWO, THREE].map(|number| (number.to_owned(), false)));

    assert_eq!(
        refused(session.entitlements().add(entitlement(REQUIRED, ada.id).phone("+33699999999"))),
        RuleViolation::NumberNotAvailable
    );
    assert_eq!(
        number(session.entitlements().add(entitlement(REQUIRED, ada.id).phone(TWO))).as_deref(),
        Some(TWO)
    );
    assert_eq!(
        refused(session.entitlements().add(entitlement(REQUIRED, bob.id).phone(TWO))),
        RuleViolation::NumberTaken
    );
    let first = session.entitlements().add(entitlement(REQUIRED, bob.id)).unwrap().phone.unwrap();
    assert_eq!((first.text.as_str(), first.normalized.as_str()), ("+33 6 12 34 56 01", ONE));
    assert!(first.pooled);
    let promised = session.entitlements().add(NewEntitlement::new(REQUIRED).email("new@x"));
    assert_eq!(number(promised).as_deref(), Some(THREE));
    assert_eq!(
        refused(session.entitlements().add(entitlement(REQUIRED, cy.id))),
        RuleViolation::NumberPoolEmpty
    );
    assert!(pool().iter().all(|(_, taken)| *taken));

    // A withdrawn number is free again, also one of a pre-entitlement.
    session.entitlements().withdraw(ada.id, &REQUIRED).unwrap();
    session.entitlements().withdraw("new@x", &REQUIRED).unwrap();
    assert_eq!(number(session.entitlements().add(entitlement(REQUIRED, cy.id))).as_deref(), Some(TWO));
    assert_eq!(number(session.entitlements().add(entitlement(REQUIRED, dee.id))).as_deref(), Some(THREE));
    // A number that is removed from the pool stays with its advisor and does not return to the pool.
    assert!(session.directory().remove_pooled_number(&REQUIRED, TWO).unwrap());
    assert!(!session.directory().remove_pooled_number(&REQUIRED, TWO).unwrap());
    assert!(!session.entitlements().get(cy.id, &REQUIRED).unwrap().phone.unwrap().pooled);
    session.entitlements().withdraw(cy.id, &REQUIRED).unwrap();
    assert_eq!(
        refused(session.entitlements().add(entitlement(REQUIRED, ada.id))),
        RuleViolation::NumberPoolEmpty
    );
    // Each network has its own pool.
    assert_eq!(session.directory().pooled_numbers(&OPTIONAL).unwrap(), []);
    assert_eq!(
        number(session.entitlements().add(entitlement(OPTIONAL, ada.id).phone(TWO))).as_deref(),
        Some(TWO)
    );
}

#[test]
fn a_number_in_two_pools_is_assigned_once() {
    let (_store, session) = open_store();
    let away = session.clone().in_tenant(session.directory().add_tenant("away").unwrap().id);
    session.directory().add_pooled_numbers(&REQUIRED, [ONE, TWO]).unwrap();
    away.directory().add_pooled_numbers(&REQUIRED, [ONE]).unwrap();
    let (ada, stranger) = (add_advisor(&session, "ada@x"), add_advisor(&away, "ada@x"));
    session.entitlements().add(entitlement(REQUIRED, ada.id)).unwrap();
    assert_eq!(
        refused(away.entitlements().add(entitlement(REQUIRED, stranger.id).phone(ONE))),
        RuleViolation::NumberTaken
    );
    assert_eq!(
        refused(away.entitlements().add(entitlement(REQUIRED, stranger.id))),
        RuleViolation::NumberPoolEmpty
    );
    session.entitlements().withdraw(ada.id, &REQUIRED).unwrap();
    assert_eq!(number(away.entitlements().add(entitlement(REQUIRED, stranger.id))).as_deref(), Some(ONE));
    assert_eq!(number(session.entitlements().add(entitlement(REQUIRED, ada.id))).as_deref(), Some(TWO));
}
