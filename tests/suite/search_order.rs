//! The order of the hits of a search.

use crate::support::{new, open_store};
use cardex::{SearchOrder, Session};

fn names_in(session: &Session, text: &str, order: SearchOrder) -> Vec<String> {
    let search = session.search(text).order(order);
    search.page().unwrap().items.into_iter().map(|hit| hit.contact.display_name).collect()
}

/// A name with the whole text comes before names with longer words, whichever name it is.
#[test]
fn whole_words_come_first() {
    let (_store, session) = open_store();
    for (first, last) in
        [("Liam", "Zorn"), ("Lisa", "Li"), ("Wei", "Li"), ("Li", "Zhou"), ("Li", "Li"), ("Ann", "Lisle")]
    {
        session.add(new(first, last)).unwrap();
    }
    session.add(new("", "").display_name("Li Bakery")).unwrap();
    session.add(new("Ben", "Roe").display_name("Li at work")).unwrap();
    let whole_first =
        ["Li Li", "Li Zhou", "Lisa Li", "Wei Li", "Li at work", "Li Bakery", "Liam Zorn", "Ann Lisle"];
    assert_eq!(names_in(&session, "li", SearchOrder::default()), whole_first);
    assert_eq!(names_in(&session, "Li.", SearchOrder::WholeWords), whole_first);
    let by_field =
        ["Li Li", "Li Zhou", "Liam Zorn", "Lisa Li", "Wei Li", "Ann Lisle", "Li at work", "Li Bakery"];
    assert_eq!(names_in(&session, "li", SearchOrder::Fields), by_field);
    assert_eq!(names_in(&session, "l", SearchOrder::WholeWords), by_field, "one letter is no whole word");
}

/// Walks of every page size, forwards and back, return each hit once and in order, before and after the index has segments.
#[test]
fn cursors_cross_from_whole_words_to_longer_ones() {
    let (store, session) = open_store();
    for last in ["Li", "Lin", "Lind", "Zhou"] {
        for first in ["Li", "Lin", "Lisa", "Wei"] {
            session.add(new(first, last)).unwrap();
        }
    }
    for _ in 0..2 {
        let expected = names_in(&session, "li", SearchOrder::WholeWords);
        assert_eq!(expected.len(), 15, "all but Wei Zhou");
        for limit in 1..=expected.len() {
            let search = || session.search("li").limit(limit);
            let (mut page, mut found) = (search().page().unwrap(), Vec::new());
            loop {
                found.extend(page.items.iter().map(|hit| hit.contact.display_name.clone()));
                let Some(after) = page.after else { break };
                page = search().after(after).page().unwrap();
            }
            assert_eq!(found, expected, "pages of {limit}");
            let mut back: Vec<String> =
                page.items.iter().map(|hit| hit.contact.display_name.clone()).collect();
            while let Some(before) = page.before {
                page = search().before(before).page().unwrap();
                let names = page.items.iter().map(|hit| hit.contact.display_name.clone());
                back = names.chain(back).collect();
            }
            assert_eq!(back, expected, "pages of {limit}, backwards");
        }
        store.optimize().unwrap();
    }
}
