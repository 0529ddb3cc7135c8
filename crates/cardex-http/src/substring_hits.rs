//! Hits of a search for a text anywhere in a contact, for APIs that number pages.

use cardex::{Contact, Result, Session, limits};

/// Contacts that a search looks through before it shows one of its pages.
const MAX_COLLECTED: usize = 2_000;

/// What a search has found.
pub(super) struct CollectedHits {
    pub(super) contacts: Vec<Contact>,
    /// Whether there may be more than was looked for.
    pub(super) has_more: bool,
}

/// The hits of a substring search, best first. `keep` filters them slice by slice.
pub(super) fn collect_hits<E: From<cardex::Error>>(
    session: &Session,
    text: &str,
    keep: impl Fn(Vec<Contact>) -> Result<Vec<Contact>, E>,
) -> Result<CollectedHits, E> {
    let (mut contacts, mut after, mut read) = (Vec::new(), None, 0_usize);
    loop {
        let page = session.search_substring(text).limit(limits::PAGE).after(after.take()).page()?;
        contacts.extend(keep(page.items.into_iter().map(|hit| hit.contact).collect())?);
        after = page.after;
        read = read.saturating_add(limits::PAGE);
        if after.is_none() || read >= MAX_COLLECTED {
            return Ok(CollectedHits { contacts, has_more: after.is_some() });
        }
    }
}

/// The page with a number, from 1, and a size.
pub(super) fn page_slice<T>(items: Vec<T>, number: u64, size: usize) -> Vec<T> {
    let skipped = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX).saturating_mul(size);
    items.into_iter().skip(skipped).take(size).collect()
}
