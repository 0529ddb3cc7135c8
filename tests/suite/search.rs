//! Queries as people type them.

use crate::support::{SMS, START, found, new, open_store};
use cardex::filters::TextField;
use cardex::{
    Actor, Field, Filter, Hit, MatchKind, Network, NewAdvisor, NewContact, SearchFields, Session, Status,
    Timestamp, limits,
};

/// The first hit: match kind, field, and highlighted text.
pub(crate) fn first(session: &Session, text: &str) -> (MatchKind, Field, Vec<String>) {
    let page = session.search(text).fuzzy(true).page().unwrap();
    let Some(Hit { contact, matched, .. }) = page.items.first().cloned() else {
        panic!("{text:?} finds nothing")
    };
    let marked = matched.ranges.iter().map(|range| {
        let text = match range.field {
            Field::FirstName => &contact.first_name,
            Field::LastName => &contact.last_name,
            Field::Nickname => &contact.nickname,
            Field::Company => &contact.company,
            Field::Email => &contact.emails[range.item].text,
            Field::Phone => &contact.phones[range.item].text,
            Field::Identifier => &contact.identifiers[range.item].value,
            _ => &contact.display_name,
        };
        text[range.bytes.clone()].to_owned()
    });
    (matched.kind, matched.field, marked.collect())
}

pub(crate) fn john() -> NewContact {
    new("John Paul", "Doe-Smith")
        .nickname("Johnny")
        .company("Acme Trading Ltd")
        .email("jp@mail.example.com")
        .email("Doe@acme.com")
        .phone("+33 6 12 34 56 78")
        .identifier("crm", "X-42")
}

#[test]
fn contacts_are_found_by_every_query_form() {
    let (_store, session) = open_store();
    session.add(john()).unwrap();
    let table: &[(&str, MatchKind, Field, &[&str])] = &[
        ("joh", MatchKind::FirstName, Field::FirstName, &["Joh"]),
        ("john paul do", MatchKind::FirstName, Field::FirstName, &["John Paul", "Do"]),
        ("doe smith j", MatchKind::LastName, Field::LastName, &["Doe-Smith", "J"]),
        ("doesm", MatchKind::LastName, Field::LastName, &["Doe-Sm"]),
        ("paul", MatchKind::Words, Field::FirstName, &["Paul"]),
        ("smi", MatchKind::Words, Field::LastName, &["Smi"]),
        ("johnny", MatchKind::Words, Field::Nickname, &["Johnny"]),
        ("trad", MatchKind::Words, Field::Company, &["Trad"]),
        ("smith john", MatchKind::Words, Field::LastName, &["Smith", "John"]),
        ("ltd j acm", MatchKind::Words, Field::Company, &["Ltd", "J", "Acm"]),
        ("jpd", MatchKind::Initials, Field::FirstName, &["J", "P", "D"]),
        ("jds", MatchKind::Initials, Field::FirstName, &["J", "D", "S"]),
        ("jp@", MatchKind::ContactMethod, Field::Email, &["jp@"]),
        ("mail.ex", MatchKind::ContactMethod, Field::Email, &["mail.ex"]),
        ("@mail", MatchKind::ContactMethod, Field::Email, &["mail"]),
        ("example.com", MatchKind::ContactMethod, Field::Email, &["example.com"]),
        ("DOE@ACME.COM", MatchKind::ContactMethod, Field::Email, &["Doe@acme.com"]),
        ("+33 6 12", MatchKind::ContactMethod, Field::Phone, &["+33 6 12"]),
        ("0612", MatchKind::ContactMethod, Field::Phone, &["6 12"]),
        ("612 34", MatchKind::ContactMethod, Field::Phone, &["6 12 34"]),
        ("0033612", MatchKind::ContactMethod, Field::Phone, &["33 6 12"]),
        ("5678", MatchKind::ContactMethod, Field::Phone, &["56 78"]),
        ("x-4", MatchKind::ContactMethod, Field::Identifier, &["X-4"]),
        ("jonh paul", MatchKind::Fuzzy, Field::FirstName, &["John", "Paul"]),
        ("tradimg", MatchKind::Fuzzy, Field::Company, &["Trading"]),
    ];
    for (text, class, field, marked) in table {
        let marked: Vec<String> = marked.iter().map(|&text| text.to_owned()).collect();
        let got = first(&session, text);
        let same: Vec<String> = got.2.iter().map(|text| text.trim_start_matches('+').to_owned()).collect();
        let wanted: Vec<String> = marked.iter().map(|text| text.trim_start_matches('+').to_owned()).collect();
        assert_eq!((got.0, got.1, same), (*class, *field, wanted), "{text}");
    }
    for text in
        ["ohn", "paul paul", "acme acme", "678", "jpx", "xample.com", "x42", "jonh paul doe smith xyz"]
    {
        let hits: Vec<_> = session.search(text).page().unwrap().items;
        assert!(hits.is_empty(), "{text} finds nothing");
    }
}

#[test]
fn initials_follow_the_written_name() {
    let (_store, session) = open_store();
    session.add(new("Иван Юрьевич", "Щукин")).unwrap();
    let marked = ["И", "Ю", "Щ"].map(str::to_owned).to_vec();
    assert_eq!(first(&session, "иющ"), (MatchKind::Initials, Field::FirstName, marked));
}

#[test]
fn match_kinds_come_in_their_order() {
    let (_store, session) = open_store();
    for contact in [
        new("x", "y").identifier("", "anna"),
        new("Ann", "Nast-Albrecht"), // a typing error
        new("Arthur Norman", "Nash Adams"),
        new("Zoe", "Young").company("Annabel"),
        new("B", "C").display_name("Annas desk"),
        new("Zoe", "Anna"),
        new("Anna", "Zoe"),
    ] {
        session.add(contact).unwrap();
    }
    let hits = session.search("anna").fuzzy(true).page().unwrap().items;
    let classes: Vec<MatchKind> = hits.iter().map(|hit| hit.matched.kind).collect();
    assert_eq!(
        classes,
        [
            MatchKind::FirstName,
            MatchKind::LastName,
            MatchKind::DisplayName,
            MatchKind::Words,
            MatchKind::Initials,
            MatchKind::ContactMethod,
            MatchKind::Fuzzy
        ]
    );
    assert_eq!(hits.last().unwrap().matched.distance, 1);
    let within = |within| session.search("anna").fuzzy(true).fields(within).page().unwrap().items.len();
    assert_eq!(
        [within(SearchFields::Names), within(SearchFields::Words), within(SearchFields::Everything)],
        [3, 6, 7]
    );
    assert_eq!(session.search("anna").page().unwrap().items.len(), 6, "nothing mistyped unless asked for");
}

#[test]
fn letters_mistyped() {
    let (_store, session) = open_store();
    for name in ["Jo", "Sven", "Martin", "Konstantin", "12345678"] {
        session.add(new(name, "")).unwrap();
    }
    let fuzzy = |text: &str| -> Vec<(String, u8)> {
        let hits = session.search(text).fuzzy(true).fields(SearchFields::Words).page().unwrap().items;
        hits.into_iter().map(|hit| (hit.contact.display_name, hit.matched.distance)).collect()
    };
    let hit = |name: &str, distance| vec![(name.to_owned(), distance)];
    assert_eq!(fuzzy("svne"), hit("Sven", 1), "neighbours swapped");
    assert_eq!(fuzzy("mrtin"), hit("Martin", 1), "left out");
    assert_eq!(fuzzy("maartin"), hit("Martin", 1), "put in");
    assert_eq!(fuzzy("nartin"), hit("Martin", 1), "replaced");
    assert_eq!(fuzzy("konstntinn"), hit("Konstantin", 2), "two from eight letters");
    assert_eq!(fuzzy("matrni"), [], "one only below eight");
    assert_eq!(fuzzy("jp"), [], "none below four");
    assert_eq!(fuzzy("12345679"), [], "a number is meant as typed");
    assert_eq!(fuzzy("konst"), hit("Konstantin", 0));
}

#[test]
fn conditions() {
    let (_store, session) = open_store();
    let with = |name: &str, phone: bool, email: bool| {
        let mut contact = new(name, "Test").company(if phone { "Ácme Ltd" } else { "Acme" });
        if phone {
            contact = contact.phone(format!("+3361234567{}", name.len()));
        }
        if email {
            contact = contact.email(format!("{name}@example.com"));
        }
        session.add(contact).unwrap()
    };
    let both = with("t", true, true);
    let phone = with("tt", true, false);
    let email = with("ttt", false, true);
    let neither = with("tttt", false, false);
    let ids = |hits: Vec<Hit>| hits.into_iter().map(|hit| hit.contact.id).collect::<Vec<_>>();
    let t = || session.search("t");
    assert_eq!(ids(t().has_phone(true).page().unwrap().items), [both.id, phone.id]);
    assert_eq!(ids(t().has_email(false).page().unwrap().items), [phone.id, neither.id]);
    assert_eq!(ids(t().company("acme ltd").page().unwrap().items), [both.id, phone.id]);
    assert_eq!(ids(t().company("acme").page().unwrap().items), [email.id, neither.id], "the whole company");
    assert_eq!(ids(t().company("").page().unwrap().items), []);
    assert_eq!(ids(t().created_since(neither.created_at).page().unwrap().items), [neither.id]);
    assert_eq!(
        ids(t().created_since(Timestamp(START - 1)).has_phone(false).page().unwrap().items),
        [email.id, neither.id]
    );
    session.mark_active(phone.id, Timestamp(5_000)).unwrap();
    session.mark_active(phone.id, Timestamp(4_000)).unwrap();
    assert_eq!(
        session.get(phone.id).unwrap().unwrap().active_at,
        Some(Timestamp(5_000)),
        "the last sign of life"
    );
    assert_eq!(ids(t().active_since(Timestamp(5_000)).page().unwrap().items), [phone.id]);
    assert_eq!(ids(t().active_since(Timestamp(5_001)).page().unwrap().items), []);
    assert_eq!(ids(t().status(Status::Confirmed).page().unwrap().items), []);
    session.remove(both.id).unwrap();
    assert_eq!(ids(t().trash().page().unwrap().items), [both.id]);
    assert_eq!(ids(t().has_phone(true).page().unwrap().items), [phone.id]);
    assert_eq!(t().trash().advisor(cardex::AdvisorId(1)).page().unwrap_err().code(), "forbidden");
}

#[test]
fn an_incomplete_page_continues() {
    let (_store, session) = open_store();
    let contacts_under_test = (0..9_000).map(|n| {
        let contact = new(&format!("same{n:04}"), "");
        if n == 8_500 { contact.nickname("wanted") } else { contact }
    });
    session.add_many(contacts_under_test, cardex::contacts::AddManyOptions::new(), |_, _| ()).unwrap();
    let wanted = || Filter::field(TextField::Nickname).present();
    let search = || session.search("same").filter(wanted()).limit(5);
    let mut page = search().page().unwrap();
    let mut calls = 1;
    while page.items.is_empty() {
        assert!(page.incomplete, "an empty page has more to look at");
        page = search().after(page.after.expect("where to go on")).page().unwrap();
        calls += 1;
    }
    assert!(calls > 2, "the work of a call is bounded");
    assert_eq!(page.items[0].contact.display_name, "same8500");
    assert_eq!(search().iter().map(Result::unwrap).count(), 1, "a walk goes on by itself");
    assert_eq!(
        session.search("same85").filter(wanted()).page().unwrap().items.len(),
        1,
        "a narrower query needs no second call"
    );
}

#[test]
fn no_query_text_does_harm() {
    let (_store, session) = open_store();
    session.add(john()).unwrap();
    session.add(new("Wolf 🐺", "\u{202E}Lion\u{202C}").company("100% _real_ *")).unwrap();
    for text in ["", " ", "\t\n \u{3000}"] {
        assert_eq!(found(&session, text).len(), 2, "a blank text finds everybody: {text:?}");
    }
    for text in [
        "--",
        "'",
        "\"",
        "%",
        "_",
        "*",
        "?",
        ".*",
        "\0",
        "\u{1}",
        "\u{7}\u{1b}",
        "\u{FFFE}",
        "\u{200B}",
        "@",
        "+",
        "()",
    ] {
        assert_eq!(found(&session, text), Vec::<String>::new(), "{text:?}");
    }
    for (text, name) in [
        ("wolf", "Wolf 🐺"),
        ("lion", "Wolf 🐺"),
        ("jo\0hn", "John Paul"),
        ("100", "Wolf"),
        ("real", "Wolf"),
        ("🐺", "Wolf"),
    ] {
        let hits = found(&session, text);
        assert!(hits.iter().any(|hit| hit.starts_with(name)), "{text:?}: {hits:?}");
    }
    assert_eq!(found(&session, "jo%"), ["John Paul Doe-Smith"], "punctuation is no letter, and no wildcard");
    for long in ["a".repeat(limits::QUERY + 1), "漢 ".repeat(5_000), "\0".repeat(10_000)] {
        assert_eq!(session.search(long).page().unwrap_err().code(), "invalid");
    }
    // The largest number of words, for a name made of the same words: bounded work, no panic.
    let many = "a ".repeat(limits::QUERY / 2);
    session.add(new(&many[..200], &many[..200]).nickname(&many[..200])).unwrap();
    for text in [many.as_str(), "a a a a a a a a a a a b", "aaaa aaab aaac aaad aaae"] {
        session.search(text).fuzzy(true).page().unwrap();
    }
}

#[test]
fn networks_and_advisors_have_all_classes() {
    let (_store, session) = open_store();
    let ada = session.directory().add_advisor(cardex::NewAdvisor::new("Ada", "")).unwrap().id;
    let own = session.add(john().advisor(ada)).unwrap();
    session
        .add(NewContact::new(Network::WHATSAPP_DIRECT, "Paul", "Jones").phone("+33 6 99 99 99 99"))
        .unwrap();
    let hers = session.clone();
    for text in ["john", "smith", "trading paul", "jpd", "0612", "5678", "mail.ex", "paul"] {
        let hits = hers.search(text).advisor(ada).page().unwrap().items;
        assert_eq!(hits.iter().map(|hit| hit.contact.id).collect::<Vec<_>>(), [own.id], "{text}");
        assert_eq!(hers.search(text).network(SMS).page().unwrap().items.len(), 1, "{text}");
    }
    session.unlink(own.id, ada).unwrap();
    assert!(hers.search("paul").advisor(ada).page().unwrap().items.is_empty());
}

/// Regression test: words, numbers and addresses are searched in the tenant's index and compared with the advisor's
/// contacts in the index. An unlinked contact stayed there until compaction, so that the advisor still found it.
#[test]
fn an_unlinked_contact_is_not_found() {
    let (store, session) = open_store();
    let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
    let people: Vec<_> = (0..40)
        .map(|n| {
            let person = new(&format!("P{n:02}"), "").nickname("Quill").email(format!("p{n}@quill.example"));
            session.add(person.advisor(ada)).unwrap().id
        })
        .collect();
    store.optimize().unwrap();
    session.unlink(people[7], ada).unwrap();
    let own = store.session(Actor::Advisor(ada));
    for (text, count) in [("quill", 39), ("p7@quill", 0), ("p8@quill", 1), ("P07", 0)] {
        let found: Vec<_> = own.search(text).iter().map(|hit| hit.unwrap().contact.id).collect();
        assert_eq!(found.len(), count, "{text}");
        assert!(!found.contains(&people[7]), "{text}");
    }
}
