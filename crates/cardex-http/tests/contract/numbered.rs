//! One contact among thousands is found wherever it is, and counts agree with pages.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cardex::contacts::AddManyOptions;
use cardex::{ContactId, Network, NewContact};
use serde_json::{Value, json};

use super::chatwoot::on;
use super::client::{Ask, ask};
use super::fixture::{Fixture, ProductFixture};
use super::product::Product;

/// Contacts of the book; `CARDEX_CONTACTS` sets another number.
fn book_size() -> usize {
    std::env::var("CARDEX_CONTACTS").ok().and_then(|text| text.parse().ok()).unwrap_or(5_000)
}

/// The positions of the contacts that are searched, in the order of creation.
fn places() -> [usize; 3] {
    [0, book_size() / 2, book_size() - 1]
}

/// The contact at a position: one that is searched, or one of many.
fn contact_at(at: usize) -> NewContact {
    let new =
        NewContact::new(Network::BOOK, format!("F{at}"), format!("L{at}")).email(format!("f{at}@x.org"));
    match places().iter().position(|place| *place == at) {
        None => new.phone(format!("+3361{at:07}")).identifier("chatwoot", format!("id-{at}")),
        Some(n) => NewContact::new(Network::BOOK, format!("Needle{n}"), format!("Mmm{n}qq"))
            .email(format!("needle{n}@haystack.org"))
            .phone(format!("+3362222222{n}"))
            .identifier("chatwoot", format!("Key-{n}-Zz"))
            .company(format!("Straw{n}"))
            .city(format!("Town{n}"))
            .country(format!("Land{n}")),
    }
}

fn filled(product: Product) -> Fixture {
    let fixture = ProductFixture::of(product).fixture();
    let session = fixture.session.clone().in_tenant(fixture.home);
    session.add_many((0..book_size()).map(contact_at), AddManyOptions::new(), |_, _| ()).unwrap();
    fixture
}

fn ids(body: &Value, list: &str) -> Vec<i64> {
    body[list].as_array().unwrap().iter().map(|contact| contact["id"].as_i64().unwrap()).collect()
}

/// What finds only the contact `n`: the text of a search.
fn texts(n: usize) -> [String; 9] {
    [
        format!("Needle{n}"),
        format!("needle{n} mmm"),
        format!("Mmm{n}"),
        format!("needle{n}@haystack.org"),
        format!("edle{n}@hay"),
        format!("+3362222222{n}"),
        format!("2222222{n}"),
        format!("y-{n}-Z"),
        format!("traw{n}"),
    ]
}

/// Conditions that only the contact `n` matches.
fn conditions(n: usize) -> Vec<(&'static str, &'static str, String)> {
    vec![
        ("name", "equal_to", format!("Needle{n} Mmm{n}qq")),
        ("name", "contains", format!("dle{n} mm")),
        ("email", "equal_to", format!("needle{n}@haystack.org")),
        ("email", "contains", format!("{n}@haystack")),
        ("phone_number", "equal_to", format!("+3362222222{n}")),
        ("phone_number", "contains", format!("2222222{n}")),
        ("phone_number", "starts_with", format!("+3362222222{n}")),
        ("identifier", "equal_to", format!("Key-{n}-Zz")),
        ("company", "equal_to", format!("Straw{n}")),
        ("company", "contains", format!("traw{n}")),
        ("city", "equal_to", format!("Town{n}")),
        ("city", "contains", format!("own{n}")),
        ("country_code", "equal_to", format!("Land{n}")),
    ]
}

/// The times of requests, by kind.
#[derive(Default)]
struct Times(BTreeMap<&'static str, Vec<Duration>>);

impl Times {
    fn print(mut self) {
        for (kind, times) in &mut self.0 {
            times.sort_unstable();
            let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
            println!(
                "{} contacts, {kind}: {} requests, p50 {:.1} ms, p99 {:.1} ms",
                book_size(),
                times.len(),
                at(50),
                at(99)
            );
        }
    }
}

/// The count and the ids of an answer. With a million contacts, a scan may reach the time limit; nothing else may.
fn timed(fixture: &Fixture, times: &mut Times, kind: &'static str, ask: &Ask) -> Option<(u64, Vec<i64>)> {
    let start = Instant::now();
    let reply = fixture.client.plain("admin", ask);
    let took = start.elapsed();
    times.0.entry(kind).or_default().push(took);
    if reply.status == 503 && kind == CONTAINS && took >= cardex_http::READ_TIME_LIMIT {
        times.0.entry("contains, 503 at the time limit").or_default().push(took);
        return None;
    }
    assert_eq!(reply.status, 200, "{ask:?}: {reply:?}");
    Some((reply.body["meta"]["count"].as_u64().unwrap(), ids(&reply.body, "payload")))
}

/// The kind of requests that read every contact.
const CONTAINS: &str = "filter by a part of a text";

#[test]
fn chatwoot_finds_one_contact_at_any_place() {
    let fixture = filled(Product::chatwoot());
    let mut times = Times::default();
    for (n, place) in places().into_iter().enumerate() {
        let expected = (1, vec![i64::try_from(place).unwrap() + 1]);
        for text in texts(n) {
            let search = || on(&fixture, "contactSearch").with("q", &text);
            let found = timed(&fixture, &mut times, "search", &search());
            assert_eq!(found, Some(expected.clone()), "{text}");
            // Words in any order and without their ends are for the ranked search only.
            if !text.contains(' ') {
                let sorted = search().with("sort", "-created_at");
                let found = timed(&fixture, &mut times, CONTAINS, &sorted);
                assert!(found.is_none_or(|found| found == expected), "{text}, sorted");
            }
        }
        let second = on(&fixture, "contactSearch").with("q", format!("Needle{n}")).with("page", "2");
        assert_eq!(timed(&fixture, &mut times, "search", &second), Some((1, vec![])), "page 2");
        for (key, operator, value) in conditions(n) {
            let payload = json!([{
                "attribute_key": key, "filter_operator": operator, "values": [value], "query_operator": null
            }]);
            let kind = if operator == "contains" { CONTAINS } else { "filter by a whole text or its start" };
            for sort in [None, Some("-name")] {
                let filter = on(&fixture, "contactFilter").body(&json!({ "payload": payload }));
                let filter = sort.into_iter().fold(filter, |filter, sort| filter.with("sort", sort));
                let found = timed(&fixture, &mut times, kind, &filter);
                assert!(found.is_none_or(|found| found == expected), "{key} {operator} {value} by {sort:?}");
            }
        }
    }
    times.print();
}

#[test]
fn smartsender_finds_one_contact_at_any_place() {
    let fixture = filled(Product::smartsender());
    // With the substring index, in contrast to the test of Chatwoot.
    assert!(fixture.session.substring_index().build(usize::MAX).unwrap());
    for (n, place) in places().into_iter().enumerate() {
        for text in texts(n).into_iter().skip(3) {
            let body = fixture.client.ok("admin", &ask("searchContacts").with("term", &text));
            assert_eq!(ids(&body, "collection"), [i64::try_from(place).unwrap() + 1], "{text}");
            assert_eq!(body["cursor"], json!({ "page": 1, "pages": 1 }), "{text}");
        }
    }
}

/// Every contact that contains a text is on exactly one page, and the count is their number.
#[test]
fn counts_agree_with_pages() {
    let fixture = filled(Product::chatwoot());
    let not_needle = json!([{
        "attribute_key": "name", "filter_operator": "contains", "values": ["99"], "query_operator": null
    }]);
    let filter = || on(&fixture, "contactFilter").body(&json!({ "payload": not_needle }));
    let search = || on(&fixture, "contactSearch").with("q", "l99");
    let expected = |text: &str| -> Vec<i64> {
        let has = |name: &str| name.to_lowercase().contains(text);
        let matches = |at: &usize| has(&contact_at(*at).first_name) || has(&contact_at(*at).last_name);
        (0..book_size()).filter(matches).map(|at| i64::try_from(at).unwrap() + 1).collect()
    };
    for (make, text) in [(&filter as &dyn Fn() -> Ask, "99"), (&search, "l99")] {
        let mut all = Vec::new();
        for page in 1.. {
            let body = fixture.client.ok("admin", &make().with("page", page));
            let count = body["meta"]["count"].as_u64().unwrap();
            assert_eq!(count, u64::try_from(expected(text).len()).unwrap(), "{text}");
            let here = ids(&body, "payload");
            let is_last = here.len() < 15;
            all.extend(here);
            if is_last {
                break;
            }
        }
        all.sort_unstable();
        assert_eq!(all, expected(text), "{text}");
    }
}

/// A contact has one id, which is a number in two APIs and text in the third.
#[test]
fn a_contact_has_the_same_id_in_all_apis() {
    let fixture = ProductFixture::of(Product::chatwoot()).fixture();
    let new = NewContact::new(Network::WHATSAPP_DIRECT, "John", "Doe").phone("+33612345678");
    let john = fixture.session.clone().in_tenant(fixture.home).add(new).unwrap().id;
    assert_eq!((john, fixture.home.0), (ContactId(1), 1));
    let tokens = super::fixture::tokens(fixture.home, [&fixture.ada, &fixture.bob, &fixture.eve]);
    let client = |product: Product| ProductFixture::of(product).client(&fixture.store, tokens.clone());
    let chatwoot = fixture.client.ok("admin", &on(&fixture, "contactDetails").at(john));
    assert_eq!(chatwoot["payload"]["id"], 1);
    assert_eq!(client(Product::smartsender()).ok("admin", &ask("getContact").at(john))["id"], 1);
    let list = ask("listContacts2").with("externalNetwork", "WHATSAPP-DIRECT");
    assert_eq!(client(Product::federation()).ok("admin", &list)["contacts"][0]["symphonyId"], "1");
}

/// A call that may not read long enough says so, and shows nothing as empty.
#[test]
fn a_search_without_time_is_an_error() {
    let store = crate::support::options(1).open_in_memory().unwrap();
    let session = store.session(cardex::Actor::System);
    session.add(NewContact::new(Network::BOOK, "John", "Doe").email("john@example.com")).unwrap();
    let system = |store: &cardex::Store, _: &http::request::Parts| Ok(store.session(cardex::Actor::System));
    let api = cardex_http::chatwoot::Chatwoot::new(store, system).read_time_limit(std::time::Duration::ZERO);
    let request = http::Request::get("/api/v1/accounts/1/contacts/search?q=john").body(Vec::new()).unwrap();
    let response = api.call(request);
    assert_eq!(response.status(), 503);
    assert!(String::from_utf8_lossy(response.body()).contains("time limit"));
}
