//! Pages by number and cursors of filtered lists.

#![allow(clippy::arithmetic_side_effects)] // the unit tests of the library take this file too

use crate::filter::ids;
use crate::filter_model::{COMPANIES, other};
use crate::support::{SMS, START, new, open_store, options};
use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::directory::NetworkPolicy;
use cardex::{Actor, ContactPatch, Filter, Network, NewAdvisor, NewContact, SortField, SortOrder, Timestamp};

/// Far pages are found by jumps over several lists at once. Some lists are short, some end during the jump, and some
/// have no contact with a value.
#[test]
fn pages_by_number_equal_a_walk() {
    let (_store, session) = open_store();
    session.directory().add_network(&NetworkPolicy::new(other())).unwrap();
    session.directory().add_network(&NetworkPolicy::new(Network::new("THIRD").unwrap())).unwrap();
    let people = (0..600_usize).map(|n| {
        let network = match n % 10 {
            _ if n > 400 => SMS,
            0..6 => SMS,
            6..9 => other(),
            _ => Network::new("THIRD").unwrap(),
        };
        let mut person = NewContact::new(network, format!("{:03}", n * 7_919 % 1_000), "");
        if n % 3 == 0 {
            person = person.company(COMPANIES[n % COMPANIES.len()]);
        }
        if n % 200 == 7 {
            person = person.city("Oslo");
        }
        if n % 7 < 5 { person.email(format!("{}@x.org", n * 31 % 600)) } else { person }
    });
    session
        .add_many(people, AddManyOptions::new(), |_, outcome| {
            assert!(matches!(outcome, ImportOutcome::Added(_)));
        })
        .unwrap();
    for sort in SortField::ALL {
        for order in [SortOrder::from(sort), sort.descending()] {
            for network in [None, Some(SMS)] {
                let list = |limit| {
                    let list = session.contacts().order(order).limit(limit);
                    if let Some(network) = network.clone() { list.network(network) } else { list }
                };
                let walked: Vec<_> = list(1_000).page().unwrap().items;
                let walked = ids(walked);
                for limit in [7, 100] {
                    for (number, wanted) in (1..).zip(walked.chunks(limit)) {
                        let page = list(limit).page_number(number).unwrap();
                        assert_eq!(
                            ids(page.items),
                            wanted,
                            "{order}, page {number} of {limit} on {network:?}"
                        );
                    }
                    let behind = u64::try_from(walked.len() / limit + 2).unwrap();
                    assert!(list(limit).page_number(behind).unwrap().items.is_empty());
                }
            }
        }
    }
}

/// Offsets are cached for each list.
#[test]
fn pages_by_number_of_several_lists_alternate() {
    let (_store, session) = open_store();
    session.directory().add_network(&NetworkPolicy::new(other())).unwrap();
    let people = (0..60).map(|n| {
        let network = if n % 3 == 0 { other() } else { SMS };
        NewContact::new(network, format!("P{:02}", n * 7 % 60), "").email(format!("{:02}@x.org", n * 11 % 60))
    });
    session.add_many(people, AddManyOptions::new(), |_, _| {}).unwrap();
    let list = |(order, network): (SortField, Option<Network>)| {
        let list = session.contacts().order(order);
        if let Some(network) = network { list.network(network) } else { list }
    };
    let lists = [
        (SortField::Email, None),
        (SortField::Email, Some(other())),
        (SortField::Created, None),
        (SortField::Email, Some(SMS)),
    ];
    for number in [2, 5, 4, 3, 6, 2, 4] {
        for query_spec in &lists {
            let all = ids(list(query_spec.clone()).limit(1_000).page().unwrap().items);
            let page = list(query_spec.clone()).limit(4).page_number(number as u64).unwrap();
            let wanted = all.chunks(4).nth(number - 1).unwrap_or_default();
            assert_eq!(ids(page.items), wanted, "{query_spec:?}, page {number}");
        }
    }
}

/// Offsets of a filtered list are not offsets of the unfiltered list.
#[test]
fn pages_by_number_of_filtered_and_unfiltered_lists_alternate() {
    let (_store, session) = open_store();
    let advisor = session.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
    let people = (0..60).map(|n| {
        let person = new(&format!("P{:02}", n * 7 % 60), "").email(format!("{:02}@x.org", n * 11 % 60));
        if n % 2 == 0 { person.advisor(advisor) } else { person }
    });
    session.add_many(people, AddManyOptions::new(), |_, _| {}).unwrap();
    let agree = |(own, filter): (bool, &str), number: usize| {
        let list = || {
            let list = session.contacts().order(SortField::Email);
            let list = if own { list.advisor(advisor) } else { list };
            if filter.is_empty() { list } else { list.filter(filter.parse().unwrap()) }
        };
        let all: Vec<_> = list().iter().map(|contact| contact.unwrap().id).collect();
        let page = list().limit(4).page_number(number as u64).unwrap();
        if page.incomplete && page.items.is_empty() {
            assert!(!filter.is_empty(), "conditions alone are too much to count");
            return;
        }
        let wanted = all.chunks(4).nth(number - 1).unwrap_or_default();
        assert_eq!(ids(page.items), wanted, "own {own}, {filter:?}, page {number}");
    };
    for other in
        [(false, "email contains 1"), (false, "first starts p"), (true, ""), (true, "email contains 1")]
    {
        for number in [2, 3, 4, 2, 3] {
            agree((false, ""), number);
            agree(other, number);
            agree((false, ""), number + 1);
            agree(other, number + 1);
        }
    }
}

/// The start of a page is cached for the next page. The cache is invalid after a write of this or another store, and
/// for another list.
#[test]
fn pages_by_number_are_current_after_a_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let store = options(1).open(&path).unwrap();
    let (session, other) = (store.session(Actor::System), options(2).open(&path).unwrap());
    let people =
        (0..60).map(|n| new(&format!("P{:02}", n * 7 % 60), "").email(format!("{:02}@x.org", n * 11 % 60)));
    session.add_many(people, AddManyOptions::new(), |_, _| {}).unwrap();
    // Forwards and backwards, near and far, some pages twice.
    let numbers = [20, 2, 3, 4, 3, 9, 8, 1, 15, 16, 14, 20, 21, 7, 7, 19];
    let agree = |when: &str| {
        for sort in [SortField::Name, SortField::Email, SortField::City, SortField::Created] {
            for order in [SortOrder::from(sort), sort.descending()] {
                let list = || session.contacts().order(order);
                let all = ids(list().limit(1_000).page().unwrap().items);
                for number in numbers {
                    let page = list().limit(3).page_number(number).unwrap();
                    let skip = 3 * (usize::try_from(number).unwrap() - 1);
                    let wanted: Vec<_> = all.iter().skip(skip).take(3).copied().collect();
                    assert_eq!(ids(page.items), wanted, "{when}: {order}, page {number}");
                    assert_eq!(page.before.is_some(), number > 1 && !wanted.is_empty(), "{when}: {order}");
                    assert_eq!(page.after.is_some(), skip + 3 < all.len(), "{when}: {order}, page {number}");
                }
            }
        }
    };
    agree("at first");
    agree("again");
    let first = session.contacts().order(SortField::Email).page().unwrap().items.remove(0).id;
    session.remove(first).unwrap();
    agree("after one was removed");
    let new = new("A", "").email("00@x.org").city("Oslo");
    let added = other.session(Actor::System).add(new).unwrap().id;
    agree("after another store added one");
    other.session(Actor::System).mark_active(added, Timestamp(START)).unwrap();
    other.session(Actor::System).edit(added, ContactPatch::new().emails(["99@x.org"])).unwrap();
    agree("after it was edited");
}

#[test]
fn a_cursor_is_bound_to_its_filter_and_order() {
    let (_store, session) = open_store();
    for name in ["A", "B", "C"] {
        session.add(NewContact::new(SMS, name, "").company("Acme")).unwrap();
    }
    let acme: Filter = "company = acme".parse().unwrap();
    let list = || session.contacts().limit(1);
    let after = list().filter(acme.clone()).order(SortField::Company).page().unwrap().after;
    assert!(list().filter(acme.clone()).order(SortField::Company).after(after.clone()).page().is_ok());
    for other in [
        list().order(SortField::Company),
        list().filter(acme.clone()),
        list().filter(acme.clone()).order(SortField::Company.descending()),
        list().filter("company = beta".parse().unwrap()).order(SortField::Company),
    ] {
        assert_eq!(other.after(after.clone()).page().unwrap_err().code(), "cursor-mismatch");
    }
}
