//! What a text may mean besides its words.

use crate::support::{SMS, new, open_store};
use cardex::{Actor, MatchKind, NewAdvisor, Session, Typeahead};

fn names(session: &Session, text: &str) -> Vec<String> {
    let page = session.search(text).page().unwrap();
    page.items.into_iter().map(|hit| hit.contact.display_name).collect()
}

#[test]
fn texts_find_what_they_mean() {
    let (_store, session) = open_store();
    let people = [
        ("John", "Smith"),
        ("Mary", "Ann"),
        ("Donald", "McDonald"),
        ("Jan", "van den Berg"),
        ("William", "Roe"),
        ("Francisco", "Ruiz"),
        ("Friedrich", "Kunz"),
        ("Александр", "Попов"),
        ("太郎", "髙橋"),
        ("晓明", "陳"),
        ("伟", "张"),
        ("아리", "김"),
    ];
    for (first, last) in people {
        session.add(new(first, last)).unwrap();
    }
    let table: &[(&str, &str)] = &[
        ("jsmith", "John Smith"),
        ("johnsmi", "John Smith"),
        ("smithj", "John Smith"),
        ("maryann", "Mary Ann"),
        ("mc donald", "Donald McDonald"),
        ("vandenberg", "Jan van den Berg"),
        ("bill roe", "William Roe"),
        ("roe bill", "William Roe"),
        ("bill", "William Roe"),
        ("paco", "Francisco Ruiz"),
        ("fritz", "Friedrich Kunz"),
        ("саша", "Александр Попов"),
        ("高橋", "太郎 髙橋"),
        ("高橋 太郎", "太郎 髙橋"),
        ("陈", "晓明 陳"),
        ("zwei", "伟 张"),
        ("gjgjd", "Александр Попов"),
        ("ыьшер", "John Smith"),
        ("dkfl", "아리 김"),
    ];
    for (text, expected) in table {
        let page = session.search(*text).page().unwrap();
        let found: Vec<_> = page.items.iter().map(|hit| hit.contact.display_name.as_str()).collect();
        assert!(found.contains(expected), "{text}: {found:?}");
    }
    let page = session.search("jsmith").page().unwrap();
    assert_eq!(page.items[0].matched.kind, MatchKind::Expansion);
    assert_eq!(page.items[0].matched.ranges.len(), 2, "both names are marked");
    for text in ["jsmith", "bill", "dkfl", "高橋"] {
        assert!(session.search(text).expand(false).page().unwrap().items.is_empty(), "{text}");
    }
}

/// Nicknames follow all other hits. A text is read in another way only if it has no hits.
#[test]
fn expansions_come_last() {
    let (_store, session) = open_store();
    for (first, last) in [("William", "Roe"), ("Billy", "Zorn"), ("Bill", "Roe")] {
        session.add(new(first, last)).unwrap();
    }
    assert_eq!(names(&session, "bill"), ["Bill Roe", "Billy Zorn", "William Roe"]);
    assert_eq!(names(&session, "broe"), ["Bill Roe"]);
    session.add(new("Broe", "Lang")).unwrap();
    assert_eq!(names(&session, "broe"), ["Broe Lang"]);
    assert_eq!(names(&session, "bill@example.com"), [""; 0], "an address");
    assert_eq!(names(&session, "5555"), [""; 0], "a number");
}

/// Pages of every size return each hit once, in both directions.
#[test]
fn cursors_walk_through_expansions() {
    let (store, session) = open_store();
    for last in ["Smith", "Smithson", "Smithers", "Smithy"] {
        for first in ["Bill", "William", "Jane"] {
            session.add(new(first, last)).unwrap();
        }
    }
    for _ in 0..2 {
        for (text, count) in [("bill smith", 8), ("bsmith", 4), ("wsmith", 4), ("janesmit", 4)] {
            let expected = names(&session, text);
            assert_eq!(expected.len(), count, "{text}");
            for limit in 1..=count {
                let search = || session.search(text).limit(limit);
                let (mut page, mut found) = (search().page().unwrap(), Vec::new());
                loop {
                    found.extend(page.items.iter().map(|hit| hit.contact.display_name.clone()));
                    let Some(after) = page.after else { break };
                    page = search().after(after).page().unwrap();
                }
                assert_eq!(found, expected, "{text}, pages of {limit}");
                let mut back: Vec<String> =
                    page.items.iter().map(|hit| hit.contact.display_name.clone()).collect();
                while let Some(before) = page.before {
                    page = search().before(before).page().unwrap();
                    back =
                        page.items.iter().map(|hit| hit.contact.display_name.clone()).chain(back).collect();
                }
                assert_eq!(back, expected, "{text}, pages of {limit}, backwards");
            }
        }
        store.optimize().unwrap();
    }
}

/// A typeahead returns what a new search would return, also when a shorter text had other hits.
#[test]
fn typeahead_expands() {
    let (_store, session) = open_store();
    for (first, last) in [("John", "Smith"), ("Jsa", "Roe"), ("William", "Roe"), ("Bil", "Zorn")] {
        session.add(new(first, last)).unwrap();
    }
    let mut typing = Typeahead::new(&session, |search| search);
    for text in ["j", "js", "jsm", "jsmi", "jsmith", "b", "bi", "bil", "bill", "bill r"] {
        let found = typing.page(text).unwrap().items.into_iter().map(|hit| hit.contact.display_name);
        assert_eq!(found.collect::<Vec<_>>(), names(&session, text), "{text}");
    }
}

/// Whether an advisor's text is read in another way depends on the advisor's contacts only.
#[test]
fn an_advisor_finds_own_contacts() {
    let (store, session) = open_store();
    let advisor = |name: &str| session.directory().add_advisor(NewAdvisor::new(name, "")).unwrap().id;
    let (ada, ben) = (advisor("Ada"), advisor("Ben"));
    session.add(new("John", "Smith").advisor(ada)).unwrap();
    session.add(new("Jsmith", "Roe").advisor(ben)).unwrap();
    session.add(new("William", "Roe").advisor(ben)).unwrap();
    let of = |advisor, text| names(&store.session(Actor::Advisor(advisor)), text);
    assert_eq!(of(ada, "jsmith"), ["John Smith"]);
    assert_eq!(of(ben, "jsmith"), ["Jsmith Roe"]);
    assert_eq!(of(ada, "bill"), [""; 0]);
    assert_eq!(of(ben, "bill"), ["William Roe"]);
    let own = session.search("jsmith").advisor(ada).network(SMS).page().unwrap();
    assert_eq!(own.items.len(), 1);
}
