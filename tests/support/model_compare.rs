//! Comparisons of the answers of a store with its model.

use super::finder::ModelQuery;
use super::model::{ADVISORS, ALPHABET, LETTERS, TENANTS, Viewer, Which};
use super::model_store::{ModelStore, NETWORK};
use super::{Random, To, backwards, forwards, page_of_list, page_of_search};
use cardex::SearchFields;
use std::time::Duration;

impl ModelStore {
    /// Compares some answers of the store with the model, chosen by `seed`.
    pub fn look(&mut self, handle: usize, seed: u64, looks: usize) {
        let mut random = Random::new(seed);
        for _ in 0..looks {
            let viewer = match random.below(6) {
                0 | 1 => Viewer::System,
                2 => Viewer::Administrator(random.below(TENANTS)),
                3 => Viewer::AdvisorList(random.below(ADVISORS)),
                _ => Viewer::Advisor(random.below(ADVISORS)),
            };
            let network = [None, Some(0), Some(1)][random.below(3)];
            let query_spec = self.query_spec(&mut random, viewer);
            self.compare_search(handle, viewer, network, &query_spec);
            self.compare_list(handle, viewer, network, false);
            let blocked = [Some(true), Some(false)][random.below(2)];
            let trash = random.below(8) == 0 && matches!(viewer, Viewer::System | Viewer::Administrator(_));
            self.compare_list_of(handle, viewer, network, (trash, blocked));
        }
        self.compare_labels(handle);
    }

    pub(super) fn query_spec(&self, random: &mut Random, viewer: Viewer) -> ModelQuery {
        let maybe = |random: &mut Random| [None, None, None, Some(true), Some(false)][random.below(5)];
        let company =
            self.model.people.get(random.below(self.model.people.len())).map(|person| person.company.clone());
        ModelQuery {
            text: self.query(random),
            within: [2, 2, 2, 1, 0][random.below(5)],
            typos: random.below(2) == 0,
            has_phone: maybe(random),
            has_email: maybe(random),
            company: company.filter(|_| random.below(5) == 0),
            trash: random.below(8) == 0 && matches!(viewer, Viewer::System | Viewer::Administrator(_)),
            blocked: maybe(random),
        }
    }

    pub(super) fn query(&self, random: &mut Random) -> String {
        let letters = |random: &mut Random, n| {
            (0..n).map(|_| ALPHABET[random.below(ALPHABET.len())]).collect::<String>()
        };
        let Some(person) = self.model.people.get(random.below(self.model.people.len())) else {
            return "a".to_owned();
        };
        let texts = [
            format!("{} {}", person.first, person.last),
            format!("{} {}", person.last, person.first),
            person.display_name(),
        ];
        let words = [&person.first, &person.last, &person.nickname, &person.company];
        let word = |random: &mut Random| {
            let words: Vec<&str> = words[random.below(4)].split([' ', '-']).collect();
            words[random.below(words.len())].chars().take(1 + random.below(4)).collect::<String>()
        };
        match random.below(12) {
            0 => String::new(),
            1 => letters(random, 1),
            2 => letters(random, 2),
            3 | 4 => {
                let text = &texts[random.below(3)];
                text.chars().take(random.below(8)).collect()
            }
            5 | 6 => format!("{} {}", word(random), word(random)),
            7 => format!("{} {} {}", word(random), word(random), word(random)),
            8 => person.email.chars().skip(random.below(5)).take(1 + random.below(6)).collect(),
            9 => {
                let phone = person.phone.as_str();
                let forms = [
                    format!("+{phone}"),
                    format!("00{phone}"),
                    format!("0{}", phone.get(2..).unwrap_or_default()),
                    phone
                        .get(phone.len().saturating_sub(4 + random.below(4))..)
                        .unwrap_or_default()
                        .to_owned(),
                ];
                let form = &forms[random.below(4)];
                form.chars().take(1 + random.below(form.len())).collect()
            }
            10 => person.identifier.chars().take(1 + random.below(4)).collect(),
            _ => {
                // One or two typing errors.
                let mut text: Vec<char> = texts[random.below(3)].chars().collect();
                for _ in 0..=random.below(2) {
                    let at = random.below(text.len() + 1);
                    match random.below(3) {
                        0 => text.insert(at, ALPHABET[random.below(ALPHABET.len())]),
                        1 if at < text.len() => drop(text.remove(at)),
                        _ if at + 1 < text.len() => text.swap(at, at + 1),
                        _ => {}
                    }
                }
                text.into_iter().collect()
            }
        }
    }

    pub fn compare_search(
        &mut self,
        handle: usize,
        viewer: Viewer,
        network: Option<usize>,
        query_spec: &ModelQuery,
    ) {
        self.load_unindexed();
        let expected = self.model.search(viewer, network, query_spec);
        let session = self.session(handle, viewer);
        let context = format!("search {query_spec:?} as {viewer:?} on {network:?}");
        for limit in sizes(expected.len()) {
            let page = |to: To| {
                let within =
                    [SearchFields::Names, SearchFields::Words, SearchFields::Everything][query_spec.within];
                let mut search = session
                    .search(query_spec.text.as_str())
                    .fields(within)
                    .expand(false)
                    .fuzzy(query_spec.typos)
                    .limit(limit);
                if let Some(has) = query_spec.has_phone {
                    search = search.has_phone(has);
                }
                if let Some(has) = query_spec.has_email {
                    search = search.has_email(has);
                }
                if let Some(company) = &query_spec.company {
                    search = search.company(company);
                }
                if query_spec.trash {
                    search = search.trash();
                }
                if let Some(blocked) = query_spec.blocked {
                    search = search.blocked(blocked);
                }
                if let Viewer::AdvisorList(advisor) = viewer {
                    search = search.advisor(self.advisors[advisor]);
                }
                if let Some(network) = network {
                    search = search.network(NETWORK[network].clone());
                }
                page_of_search(search, to)
            };
            let (all, last) = forwards(limit, &page);
            let ids: Vec<_> = all.iter().map(|hit| hit.contact.id).collect();
            assert_eq!(ids, expected, "{context}, pages of {limit}");
            let back: Vec<_> = backwards(limit, last, &page).iter().map(|hit| hit.contact.id).collect();
            assert_eq!(back, expected, "{context}, pages of {limit}, backwards");
        }
    }

    /// Walks through the hits of a query and back, with a batch of deferred work between pages. The walk returns every
    /// hit once, in the order at its start. `work` runs before the walk and once during it.
    pub fn walk_during(
        &mut self,
        viewer: Viewer,
        query: &str,
        limit: usize,
        mut work: impl FnMut(&mut Self),
    ) {
        work(self);
        self.load_unindexed();
        let expected = self.model.search(viewer, None, &everything(query));
        let mut session = self.session(0, viewer);
        let mut search = |model_store: &mut Self, to: To| {
            if !matches!(to, To::First) {
                model_store.store(1).maintain(Duration::ZERO).unwrap();
            }
            session = model_store.session(0, viewer);
            super::search_page(&session, query, limit, to).unwrap()
        };
        let (mut found, mut to) = (Vec::new(), To::First);
        let mut last = loop {
            let page = search(self, to);
            let ids = page.items.iter().map(|hit| hit.contact.id);
            found.extend(ids);
            match page.after.clone() {
                Some(cursor) => to = To::After(cursor),
                None => break page,
            }
            if found.len() == limit {
                work(self);
            }
        };
        assert_eq!(found, expected, "{query:?} as {viewer:?}, pages of {limit}");
        let mut back: Vec<_> = last.items.iter().rev().map(|hit| hit.contact.id).collect();
        while let Some(cursor) = last.before.clone() {
            last = search(self, To::Before(cursor));
            back.extend(last.items.iter().rev().map(|hit| hit.contact.id));
        }
        back.reverse();
        assert_eq!(back, expected, "{query:?} as {viewer:?}, pages of {limit}, backwards");
    }

    pub fn compare_list(&mut self, handle: usize, viewer: Viewer, network: Option<usize>, trash: bool) {
        self.compare_list_of(handle, viewer, network, (trash, None));
    }

    pub(super) fn compare_list_of(
        &mut self,
        handle: usize,
        viewer: Viewer,
        network: Option<usize>,
        which: Which,
    ) {
        self.load_list_order(handle);
        let expected = self.model.list(viewer, network, which);
        let letters = self.model.letters(viewer, network, which);
        let session = self.session(handle, viewer);
        let (trash, blocked) = which;
        let context = format!("list (trash {trash}, blocked {blocked:?}) as {viewer:?} on {network:?}");
        let mut list = session.contacts();
        if let Viewer::AdvisorList(advisor) = viewer {
            list = list.advisor(self.advisors[advisor]);
        }
        if let Some(network) = network {
            list = list.network(NETWORK[network].clone());
        }
        if trash {
            list = list.trash();
        }
        if let Some(blocked) = blocked {
            list = list.blocked(blocked);
        }
        for limit in sizes(expected.len()) {
            let page = |to: To| page_of_list(list.clone().limit(limit), to);
            let (all, end) = forwards(limit, &page);
            let ids: Vec<_> = all.iter().map(|contact| contact.id).collect();
            assert_eq!(ids, expected, "{context}, pages of {limit}");
            let back: Vec<_> = backwards(limit, end, &page).iter().map(|contact| contact.id).collect();
            assert_eq!(back, expected, "{context}, pages of {limit}, backwards");
        }
        assert_eq!(list.total().unwrap(), expected.len() as u64, "{context}: total");
        let reported = list.sections().unwrap().into_iter().map(|section| (section.label, section.contacts));
        let counts = LETTERS.iter().zip(letters).filter(|(_, count)| *count > 0);
        let counts: Vec<_> = counts.map(|(label, count)| ((*label).to_owned(), count as u64)).collect();
        assert_eq!(reported.collect::<Vec<_>>(), counts, "{context}: letters");
        let mut at = 0;
        for (label, count) in LETTERS.iter().zip(letters) {
            for limit in [1, 3] {
                let page = list.clone().from_section(*label).limit(limit).page().unwrap();
                let shown = at..expected.len().min(at + limit);
                let ids: Vec<_> = page.items.iter().map(|contact| contact.id).collect();
                if page.incomplete {
                    assert!(expected[shown].starts_with(&ids), "{context}: from {label}");
                    continue;
                }
                assert_eq!(ids, expected[shown.clone()], "{context}: from {label}");
                if blocked.is_none() {
                    check_ends(&page, &shown, expected.len());
                }
                check_place(&list, &page, &shown);
            }
            at += count;
        }
    }

    /// Compares all answers of the model, through both handles.
    pub fn compare_all(&mut self) {
        for (viewer, query) in [
            (Viewer::System, ""),
            (Viewer::Administrator(1), "a"),
            (Viewer::Advisor(0), ""),
            (Viewer::AdvisorList(2), "b"),
        ] {
            self.compare_search(0, viewer, None, &everything(query));
            self.compare_list(0, viewer, None, false);
            for blocked in [Some(true), Some(false)] {
                self.compare_list_of(1, viewer, None, (false, blocked));
            }
        }
        self.compare_search(1, Viewer::System, None, &everything("a"));
        self.compare_list(1, Viewer::System, None, true);
        self.compare_list(1, Viewer::Administrator(0), Some(0), true);
        for handle in [0, 1] {
            self.compare_labels(handle);
            let report = self.store(handle).check().unwrap();
            assert!(report.is_ok(), "{report:?}");
        }
    }
}

/// A query over all fields.
fn everything(text: &str) -> ModelQuery {
    ModelQuery { text: text.to_owned(), within: 2, ..ModelQuery::default() }
}

/// A page has a cursor in each direction exactly if there are more items. (An incomplete page can have a cursor to an
/// empty page.)
fn check_ends<T>(page: &cardex::Page<T>, shown: &std::ops::Range<usize>, total: usize) {
    assert_eq!(page.before.is_some(), shown.start > 0);
    assert_eq!(page.after.is_some(), shown.end < total);
}

/// Compares the positions of a page's cursors with the list.
fn check_place<T>(list: &cardex::ContactList<'_>, page: &cardex::Page<T>, shown: &std::ops::Range<usize>) {
    for (cursor, place) in [(&page.before, shown.start), (&page.after, shown.end)] {
        if let Some(cursor) = cursor {
            assert_eq!(list.position(cursor).unwrap(), place as u64);
        }
    }
}

/// Page sizes for which a walk over `n` items ends differently; fewer for long walks.
fn sizes(n: usize) -> Vec<usize> {
    let around = [n.saturating_sub(1), n, n + 1].map(|size| size.clamp(1, 1_000));
    let small: &[usize] = match n {
        0..=100 => &[1, 2],
        101..=1_000 => &[7],
        _ => &[97],
    };
    let mut sizes = [small, &around].concat();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}
