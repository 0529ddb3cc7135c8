//! Filters and orders, single cases.

#![allow(clippy::arithmetic_side_effects)] // the unit tests of the library take this file too

use crate::filter::ids;
use crate::support::{ManualClock, SMS, START, To, backwards, forwards, new, open_store, options};
use cardex::attributes::{AttributeKind, AttributeNamespace, NewAttribute};
use cardex::filters::{TextField, TimeField};
use cardex::tags::{TagPatch, UnknownTagPolicy};
use cardex::{
    Actor, ContactId, ContactPatch, ContactUpdate, Error, Filter, NewAdvisor, NewContact, SortField,
    Timestamp, ValidationError,
};
use std::sync::atomic::Ordering;

#[test]
fn invalid_filters_are_refused() {
    let (store, session) = open_store();
    session.add(NewContact::new(SMS, "A", "")).unwrap();
    let problem = |filter: Filter| match session.contacts().filter(filter).page() {
        Err(Error::Invalid { reason: problem, .. }) => problem,
        other => panic!("{other:?}"),
    };
    assert_eq!(problem(Filter::field(TextField::Company).contains(" ")), ValidationError::Blank);
    assert_eq!(problem(Filter::field(TextField::Phone).equals("x")), ValidationError::NotAPhone);
    let deep = (0..50).fold(Filter::blocked(), |filter, level| {
        if level % 2 == 0 { filter.or(Filter::tag("x")) } else { filter.and(Filter::tag("x")) }
    });
    assert_eq!(problem(deep.clone()), ValidationError::TooDeep { limit: 16 });
    assert_eq!(session.search("a").filter(deep).page().unwrap_err().code(), "invalid");
    assert_eq!(
        problem(Filter::attribute("age").greater("old")).to_string(),
        "must be a number or a date, for <, <=, > and >="
    );
    let unknown = Filter::network(["NOWHERE".parse().unwrap()]);
    assert_eq!(session.contacts().filter(unknown).page().unwrap_err().code(), "no-network");
    // Without a tag of that name the result is empty, not an error.
    assert_eq!(session.contacts().filter(Filter::tag("vip")).total().unwrap(), 0);
    assert!(session.contacts().order(SortField::Company).sections().is_err());
    assert_eq!(session.contacts().page_number(0).unwrap_err().code(), "invalid");
    for far in [1_000_000_000_000, u64::MAX] {
        for list in [
            session.contacts(),
            session.contacts().filter(Filter::tag("vip")),
            session.contacts().order(SortField::City),
        ] {
            let page = list.page_number(far).unwrap();
            assert!((page.items.is_empty(), page.incomplete) == (true, false), "page {far}");
        }
    }
    for limit in [0, 1_001] {
        assert_eq!(session.contacts().limit(limit).page().unwrap_err().code(), "invalid", "limit {limit}");
        assert_eq!(
            session.contacts().limit(limit).page_number(1).unwrap_err().code(),
            "invalid",
            "limit {limit}"
        );
    }
    assert!(store.check().unwrap().is_ok());
}

/// Bitmaps find the contacts that lack a common value after a walk has started. The walk continues at its position. If
/// a bitmap has more contacts than the candidates, the candidates are tested.
#[test]
fn a_text_that_nearly_all_contacts_have() {
    let (store, session) = open_store();
    for (key, kind) in [("score", AttributeKind::Number), ("word", AttributeKind::Text)] {
        session.attributes().add(NewAttribute::new(AttributeNamespace::Custom, key, kind)).unwrap();
    }
    let people: Vec<ContactId> = (0..30)
        .map(|n| {
            let person = new(&format!("P{n:02}"), "").attribute(
                AttributeNamespace::Custom,
                "word",
                format!("w{}", n % 10),
            );
            let lacks = [0, 1, 12, 29].contains(&n);
            let person = if lacks {
                person
            } else {
                person.attribute(AttributeNamespace::Custom, "score", n).tag("scored")
            };
            session.add(person).unwrap().id
        })
        .collect();
    let trashed = session.add(new("P99", "")).unwrap().id;
    session.remove(trashed).unwrap();
    for (text, wanted) in [
        ("@score absent", vec![0, 1, 12, 29]),
        ("not tag = scored", vec![0, 1, 12, 29]),
        ("@word absent", vec![]),
        ("not (tag = scored or @word absent)", vec![0, 1, 12, 29]),
        ("@word contains 2", vec![2, 12, 22]),
        ("@word contains 2 and @score absent", vec![12]),
        ("@score present and @word = w9", vec![9, 19]),
    ] {
        let wanted: Vec<_> = wanted.into_iter().map(|n| people[n]).collect();
        for limit in 1..6 {
            let list = || session.contacts().filter(text.parse().unwrap()).limit(limit);
            let page = |to: To| match to {
                To::First => list().page(),
                To::After(cursor) => list().after(cursor).page(),
                To::Before(cursor) => list().before(cursor).page(),
            };
            let (all, last) = forwards(limit, &page);
            assert_eq!(ids(all), wanted, "{text}, pages of {limit}");
            assert_eq!(ids(backwards(limit, last, &page)), wanted, "{text}, pages of {limit}, backwards");
        }
        let count = session.contacts().filter(text.parse().unwrap()).count().unwrap();
        assert_eq!(count.exact(), Some(wanted.len() as u64), "{text}");
    }
    assert!(store.check().unwrap().is_ok());
}

/// Chatwoot's rule: a contact is online if it was active in the last twenty seconds.
#[test]
fn activity_shows_online_contacts() {
    let hand = ManualClock::new();
    let store = options(1).clock(hand.clone()).open_in_memory().unwrap();
    let session = store.session(Actor::System);
    let [ada, bea, cid] = ["Ada", "Bea", "Cid"].map(|name| session.add(new(name, "")).unwrap().id);
    session.mark_active(ada, Timestamp(START - 20_000)).unwrap();
    session.mark_active(bea, Timestamp(START - 20_001)).unwrap();
    let list = |text: &str| ids(session.contacts().filter(text.parse().unwrap()).page().unwrap().items);
    assert_eq!(list("online"), [ada]);
    assert_eq!(list("not online"), [bea, cid]);
    assert_eq!(session.contacts().filter(Filter::online()).total().unwrap(), 1);
    hand.0.fetch_add(1, Ordering::Relaxed);
    assert_eq!(list("online"), []);
}

#[test]
fn an_advisor_filters_visible_contacts_only() {
    let (store, session) = open_store();
    let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
    let tag = session.tags().add(TagPatch::new().name("vip")).unwrap().id;
    let own = session.add(NewContact::new(SMS, "Own", "").company("Acme").advisor(ada)).unwrap().id;
    let other = session.add(NewContact::new(SMS, "Other", "").company("Acme")).unwrap().id;
    for id in [own, other] {
        session.tags().attach(id, tag).unwrap();
    }
    let session = store.session(Actor::Advisor(ada));
    for text in ["tag = vip", "company = acme", "not blocked", &format!("id in ({own}, {other})")] {
        for sort in SortField::ALL {
            let list = session.contacts().filter(text.parse().unwrap()).order(sort);
            assert_eq!(ids(list.page().unwrap().items), [own], "{text} {sort:?}");
            assert_eq!(list.total().unwrap(), 1, "{text} {sort:?}");
            assert_eq!(ids(list.page_number(1).unwrap().items), [own], "{text} {sort:?}");
        }
        let hits = session.search("").filter(text.parse().unwrap()).page().unwrap().items;
        assert_eq!(hits.into_iter().map(|hit| hit.contact.id).collect::<Vec<_>>(), [own], "{text}");
    }
}

#[test]
fn attributes_are_compared_by_their_type() {
    let (_store, session) = open_store();
    for (key, kind) in [
        ("plan", AttributeKind::Text),
        ("seats", AttributeKind::Number),
        ("renewal", AttributeKind::Date),
        ("paid", AttributeKind::Checkbox),
    ] {
        session.attributes().add(NewAttribute::new(AttributeNamespace::Custom, key, kind)).unwrap();
    }
    let mut people = Vec::new();
    for (plan, seats, renewal, paid) in [
        ("Gold", 5, "2025-03-01", true),
        ("silver", 20, "2024-12-01", false),
        ("golden", 9, "2025-01-01", true),
    ] {
        let id = session.add(new(plan, "")).unwrap().id;
        let update = ContactUpdate::new(ContactPatch::new())
            .set_attribute(AttributeNamespace::Custom, "plan", plan)
            .set_attribute(AttributeNamespace::Custom, "seats", seats)
            .set_attribute(AttributeNamespace::Custom, "renewal", renewal)
            .set_attribute(AttributeNamespace::Custom, "paid", paid);
        session.update(id, update).unwrap();
        people.push(id);
    }
    let unnamed = session.add(new("zero", "")).unwrap().id;
    let [gold, silver, golden] = people[..] else { panic!() };
    for (text, wanted) in [
        ("plan = GOLD", vec![gold]),
        ("plan starts gold", vec![gold, golden]),
        ("plan contains l", vec![gold, golden, silver]),
        ("plan != gold", vec![golden, silver, unnamed]),
        ("plan present and plan != gold", vec![golden, silver]),
        ("@seats > 5", vec![golden, silver]),
        ("@seats >= 5 and @seats < 20", vec![gold, golden]),
        ("@seats = 20", vec![silver]),
        ("@renewal < 2025-01-01", vec![silver]),
        ("@renewal <= 2025-01-01", vec![golden, silver]),
        // Every test starts at 2025-01-01.
        ("@renewal < 10 days ago", vec![silver]),
        ("@paid = true", vec![gold, golden]),
        ("@paid = false", vec![silver]),
        ("@seats absent", vec![unnamed]),
        // No bitmap has the names, so rows are tested.
        ("@seats = 20 or nickname = x", vec![silver]),
        ("(@seats >= 5 and @seats <= 9) or nickname = x", vec![gold, golden]),
        ("@renewal = 2025-01-01 or nickname = x", vec![golden]),
        ("@plan = gold or nickname = x", vec![gold]),
        ("@unheard = of", vec![]),
    ] {
        let list = session.contacts().filter(text.parse().unwrap());
        assert_eq!(ids(list.page().unwrap().items), wanted, "{text}");
        assert_eq!(list.total().unwrap(), u64::try_from(wanted.len()).unwrap(), "{text}");
    }
    let known = session.add(new("zoe", "").identifier("crm", "Ab-7")).unwrap().id;
    for (value, wanted) in [("Ab-7", vec![known]), ("ab-7", vec![])] {
        let filter = Filter::field(TextField::Identifier).equals(value);
        assert_eq!(
            ids(session.contacts().filter(filter).page().unwrap().items),
            wanted,
            "as it is written: {value}"
        );
    }
    for text in [
        "@seats = many",
        "@seats contains 2",
        "@plan > 3",
        "@renewal < 7",
        "@paid = yes",
        "@seats > 1 days ago",
    ] {
        let error = session.contacts().filter(text.parse().unwrap()).page().unwrap_err();
        assert!(
            matches!(error, Error::Invalid { reason: ValidationError::NotOneOf { .. }, .. }),
            "{text}: {error}"
        );
    }
}

/// The end of a time range is included, whether an order or the rows decide.
#[test]
fn a_time_range_includes_its_end() {
    let (_store, session) = open_store();
    let people: Vec<_> = (0..4).map(|n| session.add(new(&format!("Eva{n}"), "")).unwrap()).collect();
    let first = people[1].created_at;
    for other in [None, Some("nickname = x")] {
        for (filter, wanted) in [
            (Filter::time(TimeField::Created).until(first), 0..2),
            (Filter::time(TimeField::Created).before(first), 0..1),
            (Filter::time(TimeField::Created).since(first), 1..4),
            (Filter::time(TimeField::Updated).until(first), 0..2),
            (Filter::time(TimeField::Updated).since(first), 1..4),
        ] {
            let filter = other.map_or(filter.clone(), |other| filter.clone().or(other.parse().unwrap()));
            let wanted: Vec<_> = people[wanted].iter().map(|contact| contact.id).collect();
            let list = session.contacts().filter(filter.clone());
            assert_eq!(ids(list.page().unwrap().items), wanted, "{filter}");
            assert_eq!(list.total().unwrap(), u64::try_from(wanted.len()).unwrap(), "{filter}");
        }
    }
}

/// Long texts are truncated in the index, so that it finds candidates only. The truncated texts of these contacts are
/// equal.
#[test]
fn two_conditions_with_one_partial_index() {
    let (_store, session) = open_store();
    let long = "Acme ".repeat(50);
    let mut people = Vec::new();
    for n in 0..40 {
        let company = match n {
            7 => format!("{long}x"),
            8 => format!("{long}y"),
            _ => String::new(),
        };
        let id = session.add(new(&format!("Eva{n:02}"), "").company(company)).unwrap().id;
        let tags: &[&str] = if n == 9 { &["vip"] } else { &[] };
        session.tags().set(id, tags, UnknownTagPolicy::Create).unwrap();
        people.push(id);
    }
    let company = Filter::field(TextField::Company).equals(format!("{long}x"));
    let filter = company.or("tag = vip".parse().unwrap());
    let list = || session.contacts().filter(filter.clone());
    let wanted = [people[7], people[9]];
    assert_eq!(ids(list().page().unwrap().items), wanted);
    assert_eq!(ids(list().page_number(1).unwrap().items), wanted);
    assert_eq!((list().total().unwrap(), list().total().unwrap()), (2, 2));
}

/// The order of activity is by time, whatever the order of the writes.
#[test]
fn activity_is_ordered_by_time() {
    let (_store, session) = open_store();
    let people = ["A", "B", "C", "D"].map(|name| session.add(new(name, "")).unwrap().id);
    for (id, at) in people.iter().zip([300, 1, 2_000_000]) {
        session.mark_active(*id, Timestamp(START + at)).unwrap();
    }
    let [a, b, c, silent] = people;
    assert_eq!(ids(session.contacts().order(SortField::Activity).page().unwrap().items), [b, a, c, silent]);
    assert_eq!(
        ids(session.contacts().order(SortField::Activity.descending()).page().unwrap().items),
        [c, a, b, silent]
    );
}

/// The substring index gives the candidates of texts that no other index has. The answers are those of the rows, in every script, also
/// of the trash.
#[test]
fn texts_in_fields_are_found_by_the_substring_index() {
    const FIELDS: [TextField; 8] = [
        TextField::FirstName,
        TextField::LastName,
        TextField::DisplayName,
        TextField::Nickname,
        TextField::Company,
        TextField::Email,
        TextField::Phone,
        TextField::Identifier,
    ];
    let (store, session) = open_store();
    let names =
        ["Anne-Marie", "O'Neill", "Łukasz", "Ѓорѓи", "山田", "강민호", "Straße", "Σίσυφος", "İpek", "x. y"];
    for (n, name) in names.into_iter().enumerate() {
        let other = names[(n * 3 + 1) % names.len()];
        let id = session
            .add(
                new(name, other)
                    .nickname(names[(n * 7 + 2) % names.len()])
                    .company(format!("{other} & Co"))
                    .email(format!("{name}.{n}@Example.org").replace(['\'', ' '], ""))
                    .phone(format!("+3361234567{n}"))
                    .identifier("", format!("Id-{n} {name}")),
            )
            .unwrap()
            .id;
        if n == 4 {
            session.remove(id).unwrap();
        }
    }
    let mut filters = Vec::new();
    for text in names.into_iter().chain(["an", "3361", "ne", "@example", "Id-", "Co"]) {
        let letters: Vec<char> = text.chars().collect();
        for part in (0..letters.len())
            .flat_map(|from| (from + 1..=letters.len().min(from + 4)).map(move |to| (from, to)))
        {
            let part: String = letters[part.0..part.1].iter().collect();
            for field in FIELDS {
                if part.trim().is_empty()
                    || (field == TextField::Phone && !part.chars().any(|c| c.is_ascii_digit()))
                {
                    continue;
                }
                let field = || Filter::field(field);
                filters.extend([field().contains(part.as_str()), field().starts_with(part.as_str())]);
                filters.extend((part.chars().count() > 3).then(|| field().equals(part.as_str())));
            }
        }
    }
    let answers = |filter: &Filter| {
        let list = session.contacts().filter(filter.clone()).page();
        let found = session.search("").filter(filter.clone()).page();
        let trash = session.contacts().trash().filter(filter.clone()).total();
        (list.map(|page| page.items), found.map(|page| page.items.len()), trash)
    };
    let plain: Vec<_> = filters.iter().map(|filter| format!("{:?}", answers(filter))).collect();
    session.substring_index().build(1_000).unwrap();
    for (filter, plain) in filters.iter().zip(plain) {
        assert_eq!(format!("{:?}", answers(filter)), plain, "{filter}");
    }
    assert!(filters.len() > 1_000);
    assert!(store.check().unwrap().is_ok());
}
