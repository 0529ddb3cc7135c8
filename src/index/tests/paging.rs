//! Pages in both directions. A page that ends among contacts of one name continues among them, in the memtable and in segments.

use crate::index::tests::small_store;
use crate::model::{ContactId, Network, NewContact};
use crate::{Actor, Session};

/// The ids of all hits, read in pages of `limit`: forward, and then backward from the end.
fn page_both_ways(
    session: &Session,
    (text, fuzzy): (&str, bool),
    limit: usize,
) -> (Vec<ContactId>, Vec<ContactId>) {
    let ids =
        |page: &crate::Page<crate::Hit>| page.items.iter().map(|hit| hit.contact.id).collect::<Vec<_>>();
    let mut page = session.search(text).fuzzy(fuzzy).limit(limit).page().unwrap();
    let mut forward = ids(&page);
    let mut after = page.after.clone();
    while after.is_some() {
        let next = session.search(text).fuzzy(fuzzy).limit(limit).after(after).page().unwrap();
        after = next.after.clone();
        // A page may be empty if many candidates were rejected.
        if !next.items.is_empty() {
            forward.extend(ids(&next));
            page = next;
        }
    }
    let mut backward = ids(&page);
    while page.before.is_some() {
        page = session.search(text).fuzzy(fuzzy).limit(limit).before(page.before).page().unwrap();
        backward.splice(0..0, ids(&page));
    }
    (forward, backward)
}

#[test]
fn pages_end_among_namesakes_both_ways() {
    let (store, session) = small_store();
    let mut added = Vec::new();
    for n in 0..72 {
        let name = format!("Name{:02}", n % 18);
        added.push(session.add(NewContact::new(Network::SMS_DIRECT, name, "Muster")).unwrap());
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
                let (forward, backward) = page_both_ways(&session, (text, false), limit);
                assert_eq!(forward, expected, "{text:?} by {limit}, rebuilt: {rebuilt}");
                assert_eq!(backward, expected, "{text:?} by {limit}, backward, rebuilt: {rebuilt}");
            }
        }
    }
}

/// The contacts with a common word are collected once they are few among those with the other word. Until then rows are read.
#[test]
fn common_words_are_found_both_ways() {
    let (store, session) = small_store();
    let mut added = Vec::new();
    for n in 0..140 {
        let last = if n % 7 == 3 { "Berg" } else { "Dorn" };
        let company = if n % 20 > 2 { "Acme" } else { "" };
        let new = NewContact::new(Network::SMS_DIRECT, format!("Ann{n:03}"), last).company(company);
        added.push(session.add(new).unwrap());
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
                let (mut forward, backward) = page_both_ways(&session, (text, false), limit);
                assert_eq!(forward, backward, "{text:?} by {limit}, rebuilt: {rebuilt}");
                forward.sort_unstable();
                assert_eq!(forward, expected, "{text:?} by {limit}, rebuilt: {rebuilt}");
            }
        }
    }
}

/// A word with typos has many prefixes to search. Prefixes without a key are skipped, the others are not.
#[test]
fn words_with_typos_are_found_both_ways() {
    let (store, session) = small_store();
    for n in 0..60 {
        let endings = ["", "a", "o", "u", "x", "bel"];
        let name = format!("Mart{}", endings[n % endings.len()]);
        session.add(NewContact::new(Network::SMS_DIRECT, name, format!("Last{n:02}"))).unwrap();
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
        }
        for (text, count) in [("marti", 60), ("mrat", 60), ("mardo", 10), ("last0x", 10), ("marxbel", 10)] {
            for limit in [1, 4] {
                let (forward, backward) = page_both_ways(&session, (text, true), limit);
                assert_eq!(forward.len(), count, "{text:?} by {limit}, rebuilt: {rebuilt}");
                assert_eq!(forward, backward, "{text:?} by {limit}, rebuilt: {rebuilt}");
            }
        }
    }
}

/// A merge of new segments must keep tombstones, or the postings that they hide in an older segment would come back.
#[test]
fn tombstones_survive_a_merge_of_newer_segments() {
    let (store, session) = small_store();
    let add =
        |n: usize| session.add(NewContact::new(Network::SMS_DIRECT, format!("Old{n:03}"), "Muster")).unwrap();
    let added: Vec<_> = (0..400).map(add).collect();
    store.rebuild_index().unwrap();
    for (n, contact) in added.iter().take(80).enumerate() {
        let patch = crate::ContactPatch::new().first_name(format!("New{n:03}"));
        session.edit(contact.id, patch).unwrap();
        if n % 8 == 0 {
            assert!(store.check().unwrap().is_ok(), "after {n}");
        }
    }
    assert_eq!(session.search("new").limit(100).page().unwrap().items.len(), 80);
}

/// The matching words are in several blocks of the dictionary. Most blocks have none.
#[test]
fn words_with_typos_are_found_across_blocks() {
    let (store, session) = small_store();
    let letters = ["ba", "de", "ki", "lo", "mu", "ra", "si", "to"];
    let name = |n: usize| [n / 64 % 8, n / 8 % 8, n % 8].map(|at| letters[at]).concat();
    for n in 0..200 {
        session.add(NewContact::new(Network::SMS_DIRECT, name(n), format!("x{n}"))).unwrap();
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
            store.optimize().unwrap();
        }
        for n in (0..200).step_by(13) {
            let exact = name(n);
            // The last letter but one is replaced, or the first two letters are swapped.
            let mut swapped: Vec<char> = exact.chars().collect();
            swapped.swap(0, 1);
            for typed in [format!("{}x{}", &exact[..4], &exact[5..]), swapped.into_iter().collect()] {
                let (forward, backward) = page_both_ways(&session, (&typed, true), 7);
                assert_eq!(forward, backward, "{typed}, rebuilt: {rebuilt}");
                let names = |id: &ContactId| session.get(*id).unwrap().unwrap().first_name;
                assert!(forward.iter().map(names).any(|found| found == exact), "{typed}, rebuilt: {rebuilt}");
            }
        }
    }
}

/// A word of contacts of several tenants is in the dictionary of each tenant.
#[test]
fn words_with_typos_are_found_in_every_tenants_lists() {
    let (store, session) = small_store();
    let mut tenants = vec![session.directory().tenants().unwrap().remove(0).id];
    tenants.extend(["second", "third"].map(|name| session.directory().add_tenant(name).unwrap().id));
    let contact = || NewContact::new(Network::SMS_DIRECT, "Ada", "Martin");
    for tenant in &tenants {
        store.session(Actor::Administrator(*tenant)).add(contact()).unwrap();
    }
    tenants.push(session.directory().add_tenant("fourth").unwrap().id);
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
            store.optimize().unwrap();
        }
        for (tenant, own) in tenants.iter().zip([1, 1, 1, 0]) {
            let found =
                store.session(Actor::Administrator(*tenant)).search("martni").fuzzy(true).page().unwrap();
            assert_eq!(found.items.len(), own, "rebuilt: {rebuilt}");
        }
    }
}

/// The last term of one field may be the first of the next, and several owners may have a word. Each owner has its own dictionary. The
/// check reports a word that is missing in it.
#[test]
fn an_import_keeps_a_dictionary_for_every_owner() {
    let person = |first: &str| NewContact::new(Network::SMS_DIRECT, first, "");
    for (shared, own) in [
        // The last of all display names, and the first of all words that are not the start of a name.
        (person("").display_name("Martin"), person("Zed Martin")),
        (person("Martin"), person("Martin")),
        (person("Martin").company("Martin"), person("Zed").nickname("Martin")),
    ] {
        let (store, session) = small_store();
        let contacts = (0..12).map(|_| person("Zoe")).chain([shared.shared(), own]);
        session.add_many(contacts, crate::contacts::AddManyOptions::new(), |_, _| {}).unwrap();
        assert!(store.check().unwrap().is_ok(), "{:?}", store.check());
        let found = session.search("martni").fuzzy(true).page().unwrap().items;
        assert_eq!(found.len(), 2);
        let shared = found.iter().find(|hit| hit.contact.tenant.is_none()).unwrap();
        session.purge(shared.contact.id).unwrap();
        store.optimize().unwrap();
        assert_eq!(session.search("martni").fuzzy(true).page().unwrap().items.len(), 1);
        assert!(store.check().unwrap().is_ok());
    }
}

/// Whether the contact with a number is expected.
type IsExpected = fn(usize) -> bool;

/// Advisors with many, few and no contacts. The search chooses the cheapest plan for each; the hits do not depend on it.
#[test]
fn words_of_an_advisors_contacts_are_found() {
    let (store, session) = small_store();
    let [few, many, none] = ["Few", "Many", "None"]
        .map(|name| session.directory().add_advisor(crate::model::NewAdvisor::new(name, "")).unwrap().id);
    for n in 0..200 {
        let mut new = NewContact::new(Network::SMS_DIRECT, format!("N{n:03}"), "")
            .company(format!("Acme{:02}", n % 40));
        if n % 3 == 0 {
            new = new.advisor(many);
        }
        if n % 20 == 4 {
            new = new.advisor(few);
        }
        session.add(new).unwrap();
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
            store.optimize().unwrap();
        }
        // On one connection: the cached members of one advisor must not be used for another.
        let texts: [(&str, IsExpected); 3] =
            [("acme", |_| true), ("acme0", |n| n % 40 < 10), ("acme24", |n| n % 40 == 24)];
        let advisors: [(_, IsExpected); 4] =
            [(few, |n| n % 20 == 4), (many, |n| n % 3 == 0), (none, |_| false), (few, |n| n % 20 == 4)];
        for (text, has_text) in texts {
            for (advisor, is_own) in advisors {
                let search = session.search(text).advisor(advisor).limit(9);
                let mut found: Vec<String> =
                    search.iter().map(|hit| hit.unwrap().contact.first_name).collect();
                found.sort_unstable();
                let expected = (0..200).filter(|n| has_text(*n) && is_own(*n)).map(|n| format!("N{n:03}"));
                assert_eq!(found, expected.collect::<Vec<_>>(), "{text}, rebuilt: {rebuilt}");
            }
        }
    }
}

/// Candidates without a word are skipped before their rows are read, but only so many. Then the page is incomplete, and the next page
/// continues.
#[test]
fn skipped_candidates_are_bounded() {
    let (store, session) = small_store();
    for n in 0..700 {
        session.add(NewContact::new(Network::SMS_DIRECT, format!("Ann{n:03}"), "")).unwrap();
    }
    for n in 0..12 {
        session.add(NewContact::new(Network::SMS_DIRECT, format!("Bob{n:02}"), "Berg")).unwrap();
    }
    let last = session.add(NewContact::new(Network::SMS_DIRECT, "Annzz", "Berg")).unwrap().id;
    store.rebuild_index().unwrap();
    let search = || session.search("annz berg");
    assert_eq!(search().page().unwrap().items.len(), 1);
    // The hit is in the middle of the candidates, or at their end.
    for (text, fuzzy) in [("ann be", false), ("annn barg", true)] {
        let (mut after, mut incomplete, mut found) = (None, 0, Vec::new());
        loop {
            let page = session.search(text).fuzzy(fuzzy).after(after).page().unwrap();
            incomplete += usize::from(page.incomplete);
            found.extend(page.items.iter().map(|hit| hit.contact.id));
            after = page.after;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, [last], "{text}");
        assert!(incomplete > 0, "{text}: a page skips fewer than 700 candidates");
    }
}

/// Words that are exactly the prefixes of the search, including the last one.
#[test]
fn word_that_is_a_prefix_is_found_both_ways() {
    let (store, session) = small_store();
    for letter in ["a", "b", "c", "d", "e", "f", "g"] {
        session.add(NewContact::new(Network::SMS_DIRECT, format!("{letter}bcd"), "")).unwrap();
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
        }
        for limit in [1, 3] {
            let (forward, backward) = page_both_ways(&session, ("zbcd", true), limit);
            assert_eq!((forward.len(), &forward), (7, &backward), "by {limit}, rebuilt: {rebuilt}");
        }
    }
}
