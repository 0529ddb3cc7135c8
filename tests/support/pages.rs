//! Pages, each compared with its page of summaries.

use cardex::{Contact, ContactList, ContactSummary, Hit, Page, Result, Search};

use super::To;

/// The summary that a contact should have.
fn summary(contact: &Contact) -> (String, String) {
    let phone = contact.phones.first().map(|phone| phone.text.clone());
    let method = phone.or_else(|| contact.emails.first().map(|email| email.text.clone())).unwrap_or_default();
    let texts = [&contact.first_name, &contact.last_name, &contact.display_name, &contact.company, &method];
    (format!("{} {}", contact.id, contact.network), texts.map(String::as_str).join("|"))
}

fn given(summary: &ContactSummary) -> (String, String) {
    let ContactSummary { first_name, last_name, display_name, company, phone_or_email, .. } = summary;
    let texts = [first_name, last_name, display_name, company, phone_or_email];
    (format!("{} {}", summary.id, summary.network), texts.map(String::as_str).join("|"))
}

/// One page of a search. Its summaries have the same hits and the same cursors.
pub fn page_of_search(search: Search<'_>, to: To) -> Result<Page<Hit>> {
    let search = match to {
        To::First => search,
        To::After(cursor) => search.after(cursor),
        To::Before(cursor) => search.before(cursor),
    };
    let page = search.page()?;
    let summaries = search.summaries().unwrap();
    let own: Vec<_> = page.items.iter().map(|hit| (summary(&hit.contact), hit.matched.clone())).collect();
    let short: Vec<_> =
        summaries.items.iter().map(|hit| (given(&hit.summary), hit.matched.clone())).collect();
    assert_eq!(short, own, "summaries of {search:?}");
    assert_same_ends(&page, &summaries);
    Ok(page)
}

/// One page of a list. Its summaries have the same contacts and the same cursors.
pub fn page_of_list(list: ContactList<'_>, to: To) -> Result<Page<Contact>> {
    let list = match to {
        To::First => list,
        To::After(cursor) => list.after(cursor),
        To::Before(cursor) => list.before(cursor),
    };
    let page = list.page()?;
    let summaries = list.summaries().unwrap();
    let own: Vec<_> = page.items.iter().map(summary).collect();
    let short: Vec<_> = summaries.items.iter().map(given).collect();
    assert_eq!(short, own, "summaries of {list:?}");
    assert_same_ends(&page, &summaries);
    Ok(page)
}

fn assert_same_ends<A, B>(page: &Page<A>, summaries: &Page<B>) {
    assert_eq!((&summaries.before, &summaries.after), (&page.before, &page.after));
    assert_eq!(summaries.incomplete, page.incomplete);
}
