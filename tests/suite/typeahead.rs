//! Typeahead.

use crate::support::{SMS, START, new, open_store};
use cardex::{Network, SearchFields, Timestamp, Typeahead};
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn typeahead_reuses_hits_and_sees_new_contacts() {
    let (_store, session) = open_store();
    for name in ["Martin", "Martina", "Marta", "Maria"] {
        session.add(new(name, "Muster").email(format!("{name}@example.com").to_lowercase())).unwrap();
    }
    let mut typing = Typeahead::new(&session, |search| search.limit(10));
    for text in
        ["m", "ma", "mar", "mart", "marti", "martin", "martin m", "martin mu", "marta", "", "x", "xm", "mari"]
    {
        assert_eq!(
            typing.page(text).unwrap().items,
            session.search(text).limit(10).page().unwrap().items,
            "{text}"
        );
    }
    typing.page("mart").unwrap();
    session.add(new("Martinus", "")).unwrap();
    assert_eq!(typing.page("martin").unwrap().items.len(), 3, "another write is seen");
    typing.interrupt().interrupt();
    assert_eq!(typing.page("martinu").unwrap().items.len(), 1, "what was stopped goes through again");
}

/// The interrupt stops the running call before it reads anything. On another network nothing is reused.
#[test]
fn typeahead_is_interrupted_and_changes_its_query() {
    let (_store, session) = open_store();
    session.add(new("Anna", "Berg")).unwrap();
    let turns = AtomicUsize::new(0);
    let (hand, handed) = std::sync::mpsc::channel::<cardex::Interrupt>();
    let mut typing = Typeahead::new(&session, move |search| match turns.fetch_add(1, Ordering::Relaxed) {
        0 => {
            handed.recv().unwrap().interrupt();
            search
        }
        2 => search.network(SMS),
        _ => search.network(Network::WHATSAPP),
    });
    hand.send(typing.interrupt()).unwrap();
    assert_eq!(typing.page("an").unwrap_err().code(), "interrupted");
    let mut found = |text: &str| typing.page(text).unwrap().items.len();
    assert_eq!((found("an"), found("ann"), found("anna")), (0, 1, 0));
}

/// Activity is not in the change log.
#[test]
fn typeahead_sees_unlogged_changes() {
    let (_store, session) = open_store();
    let ids = ["Anna", "Annabel"].map(|name| session.add(new(name, "Berg")).unwrap().id);
    let mut typing = Typeahead::new(&session, |search| search.active_since(Timestamp(START)));
    session.mark_active(ids[0], Timestamp(START)).unwrap();
    assert_eq!(typing.page("ann").unwrap().items.len(), 1);
    session.mark_active(ids[1], Timestamp(START)).unwrap();
    assert_eq!(typing.page("anna").unwrap().items.len(), 2);
}

/// Regression test: hits for other conditions, another limit or other keys were reused for a longer text.
#[test]
fn typeahead_with_other_options_searches_again() {
    let (_store, session) = open_store();
    let people =
        [("Anna", "Berg", "Acme"), ("Annabel", "Roth", ""), ("Bo", "Annan", ""), ("Cy", "Dorn", "Annapurna")];
    for (first, last, company) in people {
        session.add(new(first, last).company(company)).unwrap();
    }
    let turns = AtomicUsize::new(0);
    let mut typing = Typeahead::new(&session, move |search| match turns.fetch_add(1, Ordering::Relaxed) {
        0 => search.company("Acme"),
        1 => search.limit(10),
        2 => search.limit(2),
        3 => search.fields(SearchFields::Names),
        _ => search.fields(SearchFields::Words),
    });
    let mut found = |text: &str| {
        let page = typing.page(text).unwrap();
        (page.items.len(), page.after.is_some())
    };
    assert_eq!(found("an"), (1, false), "of one company");
    assert_eq!(found("ann"), (4, false), "of any");
    assert_eq!(found("anna"), (2, true), "a page of two");
    assert_eq!(found("an"), (3, false), "by names");
    assert_eq!(found("ann"), (4, false), "by a company too");
}

/// Regression test: a typeahead replaced the interrupt of its session, so the session's own had no effect.
#[test]
fn typeahead_keeps_the_interrupt_of_its_session() {
    let (_store, session) = open_store();
    session.add(new("Anna", "Berg")).unwrap();
    let stop = cardex::Interrupt::new();
    let session = session.interrupted_by(&stop);
    let mut typing = Typeahead::new(&session, |search| search);
    assert_eq!(typing.page("a").unwrap().items.len(), 1);
    stop.interrupt();
    assert_eq!(typing.page("an").unwrap_err().code(), "interrupted");
    stop.reset();
    assert_eq!(typing.page("an").unwrap().items.len(), 1);
}

/// Pages of one text, while another write changes the book and another text is typed between them.
#[test]
fn typeahead_pages() {
    let (_store, session) = open_store();
    for number in 0..25 {
        session.add(new("Eve", &format!("P{number:02}"))).unwrap();
    }
    let mut typing = Typeahead::new(&session, |search| search.limit(10));
    let mut names = Vec::new();
    let mut page = typing.page("eve").unwrap();
    loop {
        names.extend(page.items.iter().map(|hit| hit.contact.last_name.clone()));
        assert_eq!(typing.page("eve p24").unwrap().items.len(), 1);
        session.add(new("Zed", "")).unwrap();
        let Some(after) = page.after else { break };
        assert_eq!(typing.page_after("ev", after.clone()).unwrap_err().code(), "cursor-mismatch");
        page = typing.page_after("eve", after).unwrap();
    }
    assert_eq!(names, (0..25).map(|number| format!("P{number:02}")).collect::<Vec<_>>());
    let after = typing.page("eve").unwrap().after.unwrap();
    typing.interrupt().interrupt();
    assert_eq!(
        typing.page_after("eve", after).unwrap().items.len(),
        10,
        "an earlier interrupt does not stop it"
    );
}
