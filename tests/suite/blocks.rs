//! Blocked numbers, rule by rule.

use cardex::blocking::{BlockOutcome, BlockReason, BlockedNumber, NewBlockedNumber, UnblockOutcome};
use cardex::directory::TenantPolicy;
use cardex::{
    Actor, AdvisorId, Contact, ContactList, Error, Network, NewAdvisor, Page, RuleViolation, Session, Store,
    ValidationError, limits,
};

use crate::support::{new, open_store};

const PHONE: &str = "+33 6 12 34 56 78";

fn spam(phone: &str) -> NewBlockedNumber {
    NewBlockedNumber::new(phone, BlockReason::Spam)
}

/// The system and two advisors of one tenant.
fn two_advisors() -> (Store, Session, AdvisorId, AdvisorId) {
    let (store, session) = open_store();
    let [ada, bob] =
        ["Ada", "Bob"].map(|name| session.directory().add_advisor(NewAdvisor::new(name, "")).unwrap().id);
    (store, session, ada, bob)
}

fn names(page: &Page<Contact>) -> Vec<&str> {
    page.items.iter().map(|contact| contact.first_name.as_str()).collect()
}

fn listed(list: ContactList<'_>) -> Vec<String> {
    list.iter().map(|contact| contact.unwrap().first_name).collect()
}

#[test]
fn a_number_is_blocked_in_every_written_form() {
    let (_store, session, ada, _) = two_advisors();
    let outcomes = session.blocked_numbers().block(ada, [spam(PHONE).comment(" at night ")]).unwrap();
    assert!(matches!(outcomes[..], [BlockOutcome::Blocked]));
    let again = NewBlockedNumber::new("+33-6-12-34-56-78", BlockReason::Abuse);
    assert!(matches!(session.blocked_numbers().block(ada, [again]).unwrap()[..], [BlockOutcome::Updated]));
    let blocked = session.blocked_numbers().of_advisor(ada).unwrap();
    let BlockedNumber { advisor, phone, reason, comment, .. } = &blocked[0];
    assert_eq!((blocked.len(), *advisor, phone.as_str()), (1, Some(ada), "+33-6-12-34-56-78"));
    assert_eq!((*reason, comment.as_str()), (BlockReason::Abuse, ""), "the last word counts");
    let unblock =
        |number: &str| session.blocked_numbers().unblock(ada, [number.to_owned()]).unwrap().pop().unwrap();
    assert!(matches!(unblock("+33612345678"), UnblockOutcome::Unblocked));
    assert!(matches!(unblock("+33612345678"), UnblockOutcome::NotBlocked));
    assert!(session.blocked_numbers().of_advisor(ada).unwrap().is_empty());
    // A number in the form of Symphony Federation's examples.
    session.blocked_numbers().block(ada, [spam("33612345678")]).unwrap();
    session.add(new("Anna", "X").phone(PHONE).advisor(ada)).unwrap();
    assert_eq!(listed(session.contacts().blocked(true)), ["Anna"]);
}

#[test]
fn one_bad_number_never_fails_the_rest() {
    let (_store, session, ada, _) = two_advisors();
    let long = "x".repeat(limits::COMMENT + 1);
    let numbers = [spam("+33612345670"), spam("nobody"), spam(""), spam(PHONE).comment(long), spam(PHONE)];
    let outcomes = session.blocked_numbers().block(ada, numbers).unwrap();
    let problem = |at: usize| match &outcomes[at] {
        BlockOutcome::Rejected(Error::Invalid { field, reason: problem }) => {
            (field.as_str(), problem.clone())
        }
        other => panic!("refused, not {other:?}"),
    };
    assert!(matches!((&outcomes[0], &outcomes[4]), (BlockOutcome::Blocked, BlockOutcome::Blocked)));
    assert_eq!(problem(1), ("phone", ValidationError::NotAPhone));
    assert_eq!(problem(2), ("phone", ValidationError::Required { network: None }));
    assert_eq!(problem(3), ("comment", ValidationError::TooLong { limit: limits::COMMENT }));
    assert_eq!(session.blocked_numbers().of_advisor(ada).unwrap().len(), 2);
    let reported = session.blocked_numbers().unblock(ada, ["nobody".to_owned(), PHONE.to_owned()]).unwrap();
    assert!(matches!(reported[..], [UnblockOutcome::Rejected(_), UnblockOutcome::Unblocked]));
}

#[test]
fn a_call_accepts_one_to_a_hundred_numbers() {
    let (_store, session, ada, _) = two_advisors();
    let many = |count: usize| (0..count).map(|n| spam(&format!("+336123456{n:02}"))).collect::<Vec<_>>();
    assert_eq!(session.blocked_numbers().block(ada, many(0)).unwrap_err().code(), "invalid");
    assert_eq!(session.blocked_numbers().block(ada, vec![spam(PHONE); 101]).unwrap_err().code(), "invalid");
    assert_eq!(session.blocked_numbers().unblock(ada, Vec::new()).unwrap_err().code(), "invalid");
    assert_eq!(session.blocked_numbers().block(ada, many(100)).unwrap().len(), 100);
    assert_eq!(session.blocked_numbers().of_advisor(ada).unwrap().len(), 100);
}

#[test]
fn only_advisors_on_a_direct_network_block() {
    let (_store, session, ada, _) = two_advisors();
    let is_refused = |session: &Session| {
        let reported = session.blocked_numbers().block(ada, [spam(PHONE)]);
        assert_eq!(reported.is_err(), session.blocked_numbers().of_advisor(ada).is_err());
        assert_eq!(reported.is_err(), session.blocked_numbers().unblock(ada, [PHONE.to_owned()]).is_err());
        matches!(reported, Err(Error::Rule(RuleViolation::NoDirectNetwork)))
    };
    assert!(!is_refused(&session), "no tenant rule, no entitlement: counts as entitled");
    session.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    assert!(is_refused(&session), "not entitled");
    session.directory().set_tenant_policy(&TenantPolicy::new()).unwrap();
    for network in [Network::SMS_DIRECT, Network::WHATSAPP_DIRECT] {
        assert!(!is_refused(&session));
        session.directory().set_network_open(&network, None, false).unwrap();
    }
    assert!(is_refused(&session), "the tenant has no direct network");
    assert!(matches!(
        session.blocked_numbers().of_advisor(AdvisorId(999_999)),
        Err(Error::NoAdvisor(AdvisorId(999_999)))
    ));
}

#[test]
fn an_advisor_blocks_for_themselves_only() {
    let (store, session, ada, bob) = two_advisors();
    let own = store.session(Actor::Advisor(ada));
    own.blocked_numbers().block(ada, [spam(PHONE)]).unwrap();
    assert_eq!(own.blocked_numbers().block(bob, [spam(PHONE)]).unwrap_err().code(), "forbidden");
    assert_eq!(own.blocked_numbers().of_advisor(bob).unwrap_err().code(), "forbidden");
    assert_eq!(own.blocked_numbers().unblock(bob, [PHONE.to_owned()]).unwrap_err().code(), "forbidden");
    assert_eq!(own.blocked_numbers().set_for_tenant(PHONE, true).unwrap_err().code(), "forbidden");
    assert!(session.blocked_numbers().of_advisor(bob).unwrap().is_empty(), "a block is one advisor's");
    assert_eq!(session.blocked_numbers().of_advisor(ada).unwrap().len(), 1);
}

#[test]
fn lists_and_searches_return_blocks() {
    let (store, session, ada, bob) = two_advisors();
    let one = |first: &str, phone: &str| new(first, "X").phone(phone).advisor(ada).advisor(bob);
    session.add(one("Anna", PHONE)).unwrap();
    session.add(one("Beth", "+33612345670").phone(PHONE)).unwrap(); // only the first phone counts
    session.add(one("Carl", "+33612345671")).unwrap();
    session.add(new("Dora", "X").advisor(ada).advisor(bob)).unwrap();
    session.blocked_numbers().block(ada, [spam(PHONE)]).unwrap();
    session.blocked_numbers().set_for_tenant("+33612345671", true).unwrap();

    let of = |advisor, blocked| listed(session.contacts().advisor(advisor).blocked(blocked));
    assert_eq!(
        (of(ada, true), of(ada, false)),
        (vec!["Anna".into(), "Carl".into()], vec!["Beth".into(), "Dora".into()])
    );
    assert_eq!(
        (of(bob, true), of(bob, false)),
        (vec!["Carl".into()], vec!["Anna".into(), "Beth".into(), "Dora".into()])
    );
    assert_eq!(listed(session.contacts().blocked(true)), ["Anna", "Carl"]);
    assert_eq!(session.contacts().blocked(false).total().unwrap(), 2);
    assert_eq!(
        session.contacts().blocked(true).phone(PHONE).page().map(|page| names(&page).len()).unwrap(),
        1
    );
    assert_eq!(listed(session.contacts().blocked(false).phone(PHONE)), ["Beth"]);
    let own = store.session(Actor::Advisor(bob));
    assert_eq!(listed(own.contacts().blocked(true)), ["Carl"]);

    let found = |blocked| -> Vec<String> {
        let search = session.search("x").blocked(blocked);
        search.iter().map(|hit| hit.unwrap().contact.first_name).collect()
    };
    assert_eq!(
        (found(true), found(false)),
        (vec!["Anna".into(), "Carl".into()], vec!["Beth".into(), "Dora".into()])
    );
    let parts = |blocked| -> Vec<String> {
        let search = session.search_substring("x").blocked(blocked);
        search.iter().map(|hit| hit.unwrap().contact.first_name).collect()
    };
    assert_eq!((parts(true), parts(false)), (found(true), found(false)));

    session.blocked_numbers().unblock(ada, [PHONE.to_owned()]).unwrap();
    session.blocked_numbers().set_for_tenant("+33612345671", false).unwrap();
    assert_eq!(listed(session.contacts().blocked(true)), [""; 0]);
    assert_eq!(listed(session.contacts().blocked(false)).len(), 4);
}

#[test]
fn typeahead_sees_a_block_at_once() {
    let (_store, session, ada, _) = two_advisors();
    session.add(new("Anna", "X").phone(PHONE).advisor(ada)).unwrap();
    let mut typing = cardex::Typeahead::new(&session, |search| search.blocked(false));
    assert_eq!(typing.page("ann").unwrap().items.len(), 1);
    session.blocked_numbers().block(ada, [spam(PHONE)]).unwrap();
    assert_eq!(typing.page("anna").unwrap().items.len(), 0);
}

#[test]
fn a_cursor_is_bound_to_its_condition() {
    let (_store, session, ada, _) = two_advisors();
    for n in 0..3 {
        session.add(new("Anna", "X").phone(format!("+3361234567{n}")).advisor(ada)).unwrap();
    }
    let page = session.contacts().blocked(false).limit(1).page().unwrap();
    let other = session.contacts().blocked(true).after(page.after.clone()).page();
    assert_eq!(other.unwrap_err().code(), "cursor-mismatch");
    assert_eq!(session.contacts().after(page.after).page().unwrap_err().code(), "cursor-mismatch");
    let page = session.search("a").blocked(false).limit(1).page().unwrap();
    assert_eq!(session.search("a").after(page.after).page().unwrap_err().code(), "cursor-mismatch");
    let containing = || session.search_substring("ann").limit(1);
    let after = [containing(), containing().blocked(false)].map(|search| search.page().unwrap().after);
    for (at, search) in
        [containing(), containing().blocked(false), containing().blocked(true)].iter().enumerate()
    {
        for (from, after) in after.iter().enumerate() {
            let page = search.clone().after(after.clone()).page();
            assert_eq!(page.is_ok(), at == from, "{at} {from}");
        }
    }
}

/// More blocked numbers than one look-up reads, and more blocked contacts in sequence than one page reads.
#[test]
fn pages_are_correct_with_thousands_of_blocks() {
    let (_store, session, ada, _) = two_advisors();
    let count = 3_000;
    let people =
        (0..count).map(|n| new("Anna", &format!("X{n:04}")).phone(format!("+336{n:08}")).advisor(ada));
    session.add_many(people, cardex::contacts::AddManyOptions::new(), |_, _| {}).unwrap();
    // All except the first and the last ten.
    let numbers: Vec<NewBlockedNumber> = (10..count - 10).map(|n| spam(&format!("+336{n:08}"))).collect();
    for numbers in numbers.chunks(limits::BLOCKED_NUMBERS) {
        session.blocked_numbers().block(ada, numbers.to_vec()).unwrap();
    }
    for (blocked, expected) in [(false, 20), (true, count - 20)] {
        let list = || session.contacts().blocked(blocked).limit(100);
        let all: Vec<String> = list().iter().map(|contact| contact.unwrap().last_name).collect();
        assert_eq!(all.len(), expected);
        assert!(all.is_sorted());
        assert_eq!(list().total().unwrap(), expected as u64);
        let sections = list().network(crate::support::SMS).sections().unwrap();
        assert_eq!(sections.iter().map(|section| section.contacts).sum::<u64>(), expected as u64);
        let hits = session.search("anna").blocked(blocked).limit(100);
        assert_eq!(hits.iter().flatten().count(), expected);
    }
    let first = session.contacts().blocked(false).limit(15).page().unwrap();
    assert!(first.incomplete && first.items.len() == 10, "the work limit makes the page incomplete");
    let mut after = first.after;
    let last = loop {
        let page = session.contacts().blocked(false).limit(15).after(after).page().unwrap();
        match page.after.clone() {
            Some(cursor) => after = Some(cursor),
            None => break page,
        }
    };
    assert_eq!(last.items.len(), 10);
    assert_eq!(session.contacts().blocked(false).position(last.before.as_ref().unwrap()).unwrap(), 10);
}

#[test]
fn a_page_of_contacts_has_their_blocks() {
    let (store, session, ada, bob) = two_advisors();
    let anna = session.add(new("Anna", "X").phone(PHONE).advisor(ada).advisor(bob)).unwrap().id;
    let carl = session.add(new("Carl", "X").phone("+33612345671").advisor(ada)).unwrap().id;
    let dora = session.add(new("Dora", "X").advisor(ada)).unwrap().id;
    session.blocked_numbers().block(ada, [spam(PHONE)]).unwrap();
    session.blocked_numbers().block(bob, [NewBlockedNumber::new(PHONE, BlockReason::Compliance)]).unwrap();
    session.blocked_numbers().set_for_tenant("+33612345671", true).unwrap();
    let who = |session: &Session, contacts: &[cardex::ContactId]| -> Vec<Vec<Option<AdvisorId>>> {
        let reported = session.blocked_numbers().of(contacts).unwrap();
        reported.iter().map(|blocks| blocks.iter().map(|block| block.advisor).collect()).collect()
    };
    let gone = cardex::ContactId(999_999);
    assert_eq!(
        who(&session, &[dora, anna, gone, carl, anna]),
        [vec![], vec![Some(ada), Some(bob)], vec![], vec![None], vec![Some(ada), Some(bob)]]
    );
    let own = store.session(Actor::Advisor(bob));
    assert_eq!(who(&own, &[anna, carl]), [vec![Some(bob)], vec![]], "an advisor's own, of own contacts");
    let away = session.directory().add_tenant("away").unwrap().id;
    assert_eq!(who(&store.session(Actor::Administrator(away)), &[anna, carl]), [vec![], vec![]]);
    assert_eq!(session.blocked_numbers().of(&vec![anna; limits::PAGE + 1]).unwrap_err().code(), "invalid");
}

#[test]
fn a_block_of_one_tenant_has_no_effect_in_another() {
    let (store, session, ada, _) = two_advisors();
    let away = session.directory().add_tenant("away").unwrap().id;
    let there = session.clone().in_tenant(away);
    let eve = there.directory().add_advisor(NewAdvisor::new("Eve", "")).unwrap().id;
    session.add(new("Anna", "X").phone(PHONE).advisor(ada)).unwrap();
    there.add(new("Anna", "X").phone(PHONE).advisor(eve)).unwrap();
    let shared =
        session.add(new("Sue", "X").phone("+33612345671").shared().advisor(ada).advisor(eve)).unwrap();
    session.blocked_numbers().block(ada, [spam(PHONE), spam("+33612345671")]).unwrap();
    let [home, other] =
        [session.directory().tenants().unwrap()[0].id, away].map(|t| store.session(Actor::Administrator(t)));
    assert_eq!(listed(home.contacts().blocked(true)), ["Anna", "Sue"]);
    assert_eq!(listed(other.contacts().blocked(true)), [""; 0]);
    assert_eq!(listed(there.contacts().advisor(eve).blocked(false)), ["Anna", "Sue"]);
    assert_eq!(
        (
            home.blocked_numbers().of(&[shared.id]).unwrap()[0].len(),
            other.blocked_numbers().of(&[shared.id]).unwrap()[0].len()
        ),
        (1, 0)
    );
    assert_eq!(other.blocked_numbers().of_advisor(ada).unwrap_err().code(), "no-advisor");
    assert_eq!(listed(session.contacts().blocked(true)), ["Anna", "Sue"], "the system sees all of both");
}

#[test]
fn a_blocked_contact_keeps_the_existing_block() {
    let (_store, session, _, _) = two_advisors();
    session.blocked_numbers().set_for_tenant(PHONE, true).unwrap();
    let first = session.add(new("Anna", "X").phone(PHONE)).unwrap();
    let said = session.blocked_numbers().of(&[first.id]).unwrap();
    assert_eq!(said[0].len(), 1);
    session.remove(first.id).unwrap();
    session.purge(first.id).unwrap();
    let again = session.add(new("Anna", "X").phone(PHONE).blocked()).unwrap();
    assert_eq!(session.blocked_numbers().of(&[again.id]).unwrap(), said);
}
