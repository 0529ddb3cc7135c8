//! Pages by number. A page is full, or the list has ended: a call reads on until one of both is true.

use std::collections::HashSet;
use std::ops::Range;
use std::time::{Duration, Instant};

use cardex::filters::TextField;
use cardex::maintenance::SubstringIndexStatus;
use cardex::{
    Contact, ContactId, ContactList, Error, Field, Filter, Match, MatchKind, Session, SortField, limits,
};

/// The default time limit of a call that reads a list: 30 seconds.
pub const READ_TIME_LIMIT: Duration = Duration::from_secs(30);

/// The number of a page, from 1, and its size.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageNumber {
    pub(super) number: u64,
    pub(super) size: usize,
}

impl PageNumber {
    /// The positions of its items.
    fn window(self) -> Range<usize> {
        let pages = usize::try_from(self.number.saturating_sub(1)).unwrap_or(usize::MAX);
        let start = pages.saturating_mul(self.size);
        start..start.saturating_add(self.size)
    }
}

/// A page, and the size of the whole list.
#[derive(Debug)]
pub(super) struct NumberedPage {
    pub(super) contacts: Vec<Contact>,
    pub(super) total: u64,
}

/// When a call must end.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeLimit(Option<Instant>);

impl TimeLimit {
    pub(super) fn starting_now(limit: Duration) -> Self {
        Self(Instant::now().checked_add(limit))
    }

    /// # Errors
    /// [`Error::DeadlineExceeded`].
    pub(super) fn check(self) -> Result<(), Error> {
        match self.0 {
            Some(end) if Instant::now() >= end => Err(Error::DeadlineExceeded),
            _ => Ok(()),
        }
    }
}

/// Items that pass by, of which one page is kept.
struct PageCollector {
    window: Range<usize>,
    passed: usize,
    kept: Vec<Contact>,
}

impl PageCollector {
    fn new(page: PageNumber) -> Self {
        Self { window: page.window(), passed: 0, kept: Vec::new() }
    }

    fn add(&mut self, contact: Contact) {
        if self.window.contains(&self.passed) {
            self.kept.push(contact);
        }
        self.passed = self.passed.saturating_add(1);
    }

    fn into_page(self) -> NumberedPage {
        NumberedPage { contacts: self.kept, total: u64::try_from(self.passed).unwrap_or(u64::MAX) }
    }
}

/// A page of a list, and how many contacts the list has.
pub(super) fn list_page(
    list: &ContactList<'_>,
    page: PageNumber,
    time: TimeLimit,
) -> Result<NumberedPage, Error> {
    if let Some(total) = list.count()?.exact() {
        let found = list.clone().limit(page.size).page_number(page.number)?;
        if !found.incomplete {
            return Ok(NumberedPage { contacts: found.items, total });
        }
    }
    let mut collector = PageCollector::new(page);
    walk_list(list, time, |contact| collector.add(contact))?;
    Ok(collector.into_page())
}

/// Passes all contacts of a list to `each`, in their order.
fn walk_list(list: &ContactList<'_>, time: TimeLimit, mut each: impl FnMut(Contact)) -> Result<(), Error> {
    walk_pages(list, time, |contacts| {
        contacts.into_iter().for_each(&mut each);
        Ok(())
    })
}

/// Passes all contacts of a list to `each`, in their order, some at a time.
pub(super) fn walk_pages<E: From<Error>>(
    list: &ContactList<'_>,
    time: TimeLimit,
    mut each: impl FnMut(Vec<Contact>) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = None;
    loop {
        time.check()?;
        let page = list.clone().limit(limits::PAGE).after(after.take()).page()?;
        each(page.items)?;
        after = page.after;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// The conditions of a keyword search.
pub(super) struct KeywordSearch<'a> {
    pub(super) session: &'a Session,
    pub(super) text: &'a str,
    /// What a hit must match besides the text.
    pub(super) filter: Option<&'a Filter>,
    pub(super) time: TimeLimit,
}

impl KeywordSearch<'_> {
    /// A page of hits. First those of the search index: by names, words, e-mail addresses, phones and identifiers, from their start.
    /// Then contacts that have the text anywhere else: with a substring index by field, else in the order in which they were added.
    pub(super) fn page(&self, page: PageNumber) -> Result<NumberedPage, Error> {
        let (mut collector, mut seen) = (PageCollector::new(page), HashSet::new());
        self.walk_index_hits(|contact| {
            if seen.insert(contact.id) {
                collector.add(contact);
            }
        })?;
        let mut add_rest = |contact: Contact| {
            if !seen.contains(&contact.id) {
                collector.add(contact);
            }
        };
        // Without the index, a search for substrings reads each contact several times, and a list once.
        if self.session.substring_index().status()? == SubstringIndexStatus::Complete {
            self.walk_substring_hits(add_rest)?;
        } else {
            walk_list(&self.containing_list(), self.time, &mut add_rest)?;
        }
        Ok(collector.into_page())
    }

    /// The contacts that have the text anywhere in a field.
    pub(super) fn containing_list(&self) -> ContactList<'_> {
        let filter = Filter::all([containing(self.text)].into_iter().chain(self.filter.cloned()));
        self.session.contacts().filter(filter).order(SortField::Created)
    }

    /// Passes the hits of the search index to `each`.
    fn walk_index_hits(&self, mut each: impl FnMut(Contact)) -> Result<(), Error> {
        let mut after = None;
        loop {
            self.time.check()?;
            let page = match self
                .session
                .search(self.text)
                .expand(false)
                .limit(limits::PAGE)
                .after(after.take())
                .page()
            {
                // The text has no letter or digit, so the index has nothing for it.
                Err(Error::Invalid { field: Field::Query, .. }) => return Ok(()),
                found => found?,
            };
            let hits = page.items.into_iter().filter(|hit| {
                let Match { kind, field, .. } = hit.matched;
                let by_letters = !matches!(kind, MatchKind::Initials | MatchKind::Phonetic);
                by_letters && (field != Field::Identifier || has_identifier(&hit.contact, self.text))
            });
            let contacts = hits.map(|hit| hit.contact).collect();
            self.matching(contacts)?.into_iter().for_each(&mut each);
            after = page.after;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Passes the contacts that the substring index finds to `each`.
    fn walk_substring_hits(&self, mut each: impl FnMut(Contact)) -> Result<(), Error> {
        let mut after = None;
        loop {
            self.time.check()?;
            let search = self.session.search_substring(self.text).limit(limits::PAGE);
            let page = search.after(after.take()).page()?;
            let contacts = page.items.into_iter().map(|hit| hit.contact).collect();
            self.matching(contacts)?.into_iter().for_each(&mut each);
            after = page.after;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Those of some contacts that match the filter, in their order.
    fn matching(&self, contacts: Vec<Contact>) -> Result<Vec<Contact>, Error> {
        let Some(filter) = self.filter else { return Ok(contacts) };
        let mut matched = HashSet::<ContactId>::new();
        for slice in contacts.chunks(limits::FILTER_VALUES) {
            self.time.check()?;
            let ids = Filter::id(slice.iter().map(|contact| contact.id));
            let list = self.session.contacts().filter(ids.and(filter.clone()));
            let mut insert = |contact: Contact| {
                matched.insert(contact.id);
            };
            walk_list(&list, self.time, &mut insert)?;
        }
        Ok(contacts.into_iter().filter(|contact| matched.contains(&contact.id)).collect())
    }
}

/// Identifiers are compared exactly, unlike in the search index.
fn has_identifier(contact: &Contact, text: &str) -> bool {
    contact.identifiers.iter().any(|identifier| identifier.value.contains(text))
}

/// Contacts that have a text anywhere in a name, an e-mail address, a phone, the company or an identifier.
fn containing(text: &str) -> Filter {
    let fields = [
        TextField::DisplayName,
        TextField::FirstName,
        TextField::LastName,
        TextField::Nickname,
        TextField::Company,
        TextField::Email,
        TextField::Identifier,
    ];
    // A text that cannot be part of a number matches no number.
    let number = |c: char| c.is_ascii_digit() || " +-./()".contains(c);
    let phone =
        (text.chars().all(number) && text.contains(|c: char| c.is_ascii_digit())).then_some(TextField::Phone);
    Filter::any(fields.into_iter().chain(phone).map(|field| Filter::field(field).contains(text)))
}

/// The items of a page, out of all of them.
pub(super) fn page_slice<T>(items: Vec<T>, number: u64, size: usize) -> Vec<T> {
    let window = PageNumber { number, size }.window();
    items.into_iter().skip(window.start).take(size).collect()
}
