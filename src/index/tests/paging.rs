//! Walks over namesakes: a page that ends among them goes on among them, whatever part of the index they are in.

use crate::model::{ContactId, Network, NewContact};
use crate::{Actor, Options, Session};

/// All that a search finds, in pages of so many: there, and back from the end.
fn page_both_ways(
    desk: &Session,
    (text, typos): (&str, bool),
    limit: usize,
) -> (Vec<ContactId>, Vec<ContactId>) {
    let ids =
        |page: &crate::Page<crate::Hit>| page.items.iter().map(|hit| hit.contact.id).collect::<Vec<_>>();
    let mut page = desk.search(text).fuzzy(typos).limit(limit).page().unwrap();
    let mut there = ids(&page);
    let mut after = page.after.clone();
    while after.is_some() {
        let next = desk.search(text).fuzzy(typos).limit(limit).after(after).page().unwrap();
        after = next.after.clone();
        // Where there was much to look at, a page may have nobody.
        if !next.items.is_empty() {
            there.extend(ids(&next));
            page = next;
        }
    }
    let mut back = ids(&page);
    while page.before.is_some() {
        page = desk.search(text).fuzzy(typos).limit(limit).before(page.before).page().unwrap();
        back.splice(0..0, ids(&page));
    }
    (there, back)
}

#[test]
fn pages_end_among_namesakes_both_ways() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let mut added = Vec::new();
    for n in 0..72 {
        let name = format!("Name{:02}", n % 18);
        added.push(desk.add(NewContact::new(Network::SMS_DIRECT, name, "Muster")).unwrap());
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
        }
        for (text, prefix) in [("n", ""), ("muster name", ""), ("name0", "Name0"), ("", "")] {
            let mut expected: Vec<_> =
                added.iter().filter(|contact| contact.first_name.starts_with(prefix)).collect();
            expected.sort_by_key(|contact| &contact.first_name);
            let expected: Vec<_> = expected.into_iter().map(|contact| contact.id).collect();
            for limit in [1, 2, 3, 5] {
                let (there, back) = page_both_ways(&desk, (text, false), limit);
                assert_eq!(there, expected, "{text:?} by {limit}, made anew: {rebuilt}");
                assert_eq!(back, expected, "{text:?} by {limit}, back, made anew: {rebuilt}");
            }
        }
    }
}

/// A common word is looked up once its contacts are few among those of the other one; until then rows tell.
#[test]
fn common_words_are_found_both_ways() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let mut added = Vec::new();
    for n in 0..140 {
        let last = if n % 7 == 3 { "Berg" } else { "Dorn" };
        let company = if n % 20 > 2 { "Acme" } else { "" };
        let new = NewContact::new(Network::SMS_DIRECT, format!("Ann{n:03}"), last).company(company);
        added.push(desk.add(new).unwrap());
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
        }
        for (text, last, company) in [
            ("berg ann", "Berg", ""),
            ("an berg", "Berg", ""),
            ("dorn ac", "Dorn", "Acme"),
            ("acme a b", "Berg", "Acme"),
        ] {
            let is_hit =
                |contact: &&crate::Contact| contact.last_name == last && contact.company.starts_with(company);
            let mut expected: Vec<ContactId> =
                added.iter().filter(is_hit).map(|contact| contact.id).collect();
            expected.sort_unstable();
            for limit in [1, 7, 50] {
                let (mut there, back) = page_both_ways(&desk, (text, false), limit);
                assert_eq!(there, back, "{text:?} by {limit}, made anew: {rebuilt}");
                there.sort_unstable();
                assert_eq!(there, expected, "{text:?} by {limit}, made anew: {rebuilt}");
            }
        }
    }
}

/// Mistyped words have many beginnings to look for: those that no key has are passed over, those that one has are not.
#[test]
fn mistyped_words_are_found_both_ways() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    for n in 0..60 {
        let ends = ["", "a", "o", "u", "x", "bel"];
        let name = format!("Mart{}", ends[n % ends.len()]);
        desk.add(NewContact::new(Network::SMS_DIRECT, name, format!("Last{n:02}"))).unwrap();
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
        }
        for (text, many) in [("marti", 60), ("mrat", 60), ("mardo", 10), ("last0x", 10), ("marxbel", 10)] {
            for limit in [1, 4] {
                let (there, back) = page_both_ways(&desk, (text, true), limit);
                assert_eq!(there.len(), many, "{text:?} by {limit}, made anew: {rebuilt}");
                assert_eq!(there, back, "{text:?} by {limit}, made anew: {rebuilt}");
            }
        }
    }
}

/// A merge of new segments that dropped what is gone from an older one would bring it back.
#[test]
fn tombstones_survive_a_merge_of_newer_segments() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let add =
        |n: usize| desk.add(NewContact::new(Network::SMS_DIRECT, format!("Old{n:03}"), "Muster")).unwrap();
    let added: Vec<_> = (0..400).map(add).collect();
    store.rebuild_index().unwrap();
    for (n, contact) in added.iter().take(80).enumerate() {
        let patch = crate::ContactPatch::new().first_name(format!("New{n:03}"));
        desk.edit(contact.id, patch).unwrap();
        if n % 8 == 0 {
            assert!(store.check().unwrap().is_ok(), "after {n}");
        }
    }
    assert_eq!(desk.search("new").limit(100).page().unwrap().items.len(), 80);
}

/// The words that may be meant are in several parts of the dictionary, and most parts of it have none.
#[test]
fn mistyped_words_are_found_across_blocks() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let letters = ["ba", "de", "ki", "lo", "mu", "ra", "si", "to"];
    let name = |n: usize| [n / 64 % 8, n / 8 % 8, n % 8].map(|at| letters[at]).concat();
    for n in 0..200 {
        desk.add(NewContact::new(Network::SMS_DIRECT, name(n), format!("x{n}"))).unwrap();
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
            store.optimize().unwrap();
        }
        for n in (0..200).step_by(13) {
            let exact = name(n);
            // The last letter but one is another, or the first two have changed places.
            let mut swapped: Vec<char> = exact.chars().collect();
            swapped.swap(0, 1);
            for typed in [format!("{}x{}", &exact[..4], &exact[5..]), swapped.into_iter().collect()] {
                let (there, back) = page_both_ways(&desk, (&typed, true), 7);
                assert_eq!(there, back, "{typed}, made anew: {rebuilt}");
                let names = |id: &ContactId| desk.get(*id).unwrap().unwrap().first_name;
                assert!(there.iter().map(names).any(|found| found == exact), "{typed}, made anew: {rebuilt}");
            }
        }
    }
}

/// A word that several tenants' contacts have is in the dictionary of each.
#[test]
fn mistyped_words_are_found_in_every_tenants_lists() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let mut tenants = vec![desk.directory().tenants().unwrap().remove(0).id];
    tenants.extend(["second", "third"].map(|name| desk.directory().add_tenant(name).unwrap().id));
    let person = || NewContact::new(Network::SMS_DIRECT, "Ada", "Martin");
    for tenant in &tenants {
        store.session(Actor::Administrator(*tenant)).add(person()).unwrap();
    }
    tenants.push(desk.directory().add_tenant("fourth").unwrap().id);
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
            store.optimize().unwrap();
        }
        for (tenant, own) in tenants.iter().zip([1, 1, 1, 0]) {
            let found =
                store.session(Actor::Administrator(*tenant)).search("martni").fuzzy(true).page().unwrap();
            assert_eq!(found.items.len(), own, "made anew: {rebuilt}");
        }
    }
}

/// The last text of one shelf may be the first of the next, and a word may be several owners': the dictionary of each has its own words,
/// as the check knows, which takes a word that is not in it for none.
#[test]
fn an_import_keeps_a_dictionary_for_every_owner() {
    let person = |first: &str| NewContact::new(Network::SMS_DIRECT, first, "");
    for (shared, own) in [
        // Of all displayed names the last, and of all words that no name starts with the first.
        (person("").display_name("Martin"), person("Zed Martin")),
        (person("Martin"), person("Martin")),
        (person("Martin").company("Martin"), person("Zed").nickname("Martin")),
    ] {
        let store = Options::new().open_in_memory().unwrap();
        let desk = store.session(Actor::System);
        let people = (0..12).map(|_| person("Zoe")).chain([shared.shared(), own]);
        desk.add_many(people, crate::contacts::AddManyOptions::new(), |_, _| {}).unwrap();
        assert!(store.check().unwrap().is_ok(), "{:?}", store.check());
        let found = desk.search("martni").fuzzy(true).page().unwrap().items;
        assert_eq!(found.len(), 2);
        let shared = found.iter().find(|hit| hit.contact.tenant.is_none()).unwrap();
        desk.purge(shared.contact.id).unwrap();
        store.optimize().unwrap();
        assert_eq!(desk.search("martni").fuzzy(true).page().unwrap().items.len(), 1);
        assert!(store.check().unwrap().is_ok());
    }
}

/// Whether a contact, by its number, is meant.
type Fits = fn(usize) -> bool;

/// An advisor with more contacts than are read one and all, among a tenant's: whichever way is the least work, hits are the same.
#[test]
fn an_advisors_words_are_found_among_the_tenants() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let [few, many, none] = ["Few", "Many", "None"]
        .map(|name| desk.directory().add_advisor(crate::model::NewAdvisor::new(name, "")).unwrap().id);
    for n in 0..200 {
        let mut new = NewContact::new(Network::SMS_DIRECT, format!("N{n:03}"), "")
            .company(format!("Acme{:02}", n % 40));
        if n % 3 == 0 {
            new = new.advisor(many);
        }
        if n % 20 == 4 {
            new = new.advisor(few);
        }
        desk.add(new).unwrap();
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
            store.optimize().unwrap();
        }
        // One after the other on one connection: what is kept of one advisor is not taken for another's.
        let texts: [(&str, Fits); 3] =
            [("acme", |_| true), ("acme0", |n| n % 40 < 10), ("acme24", |n| n % 40 == 24)];
        let advisors: [(_, Fits); 4] =
            [(few, |n| n % 20 == 4), (many, |n| n % 3 == 0), (none, |_| false), (few, |n| n % 20 == 4)];
        for (text, fits) in texts {
            for (advisor, own) in advisors {
                let search = desk.search(text).advisor(advisor).limit(9);
                let mut found: Vec<String> =
                    search.iter().map(|hit| hit.unwrap().contact.first_name).collect();
                found.sort_unstable();
                let expected = (0..200).filter(|n| fits(*n) && own(*n)).map(|n| format!("N{n:03}"));
                assert_eq!(found, expected.collect::<Vec<_>>(), "{text}, made anew: {rebuilt}");
            }
        }
    }
}

/// Candidates that lack a word are passed over without a row, but not without an end: the page comes short, and the next one goes on.
#[test]
fn skipped_candidates_are_bounded() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    for n in 0..700 {
        desk.add(NewContact::new(Network::SMS_DIRECT, format!("Ann{n:03}"), "")).unwrap();
    }
    for n in 0..12 {
        desk.add(NewContact::new(Network::SMS_DIRECT, format!("Bob{n:02}"), "Berg")).unwrap();
    }
    let last = desk.add(NewContact::new(Network::SMS_DIRECT, "Annzz", "Berg")).unwrap().id;
    store.rebuild_index().unwrap();
    let search = || desk.search("annz berg");
    assert_eq!(search().page().unwrap().items.len(), 1);
    // In the middle of all that is looked at, and at the end of it.
    for (text, typos) in [("ann be", false), ("annn barg", true)] {
        let (mut after, mut short, mut found) = (None, 0, Vec::new());
        loop {
            let page = desk.search(text).fuzzy(typos).after(after).page().unwrap();
            short += usize::from(page.incomplete);
            found.extend(page.items.iter().map(|hit| hit.contact.id));
            after = page.after;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, [last], "{text}");
        assert!(short > 0, "{text}: 700 candidates are more than a call looks at");
    }
}

/// Words that are just the beginnings that are looked for, to the last of them.
#[test]
fn word_that_is_a_prefix_is_found_both_ways() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    for letter in ["a", "b", "c", "d", "e", "f", "g"] {
        desk.add(NewContact::new(Network::SMS_DIRECT, format!("{letter}bcd"), "")).unwrap();
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
        }
        for limit in [1, 3] {
            let (there, back) = page_both_ways(&desk, ("zbcd", true), limit);
            assert_eq!((there.len(), &there), (7, &back), "by {limit}, made anew: {rebuilt}");
        }
    }
}
