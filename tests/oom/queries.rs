//! Queries on a store, with their complete answers as text.

use cardex::attributes::AttributeNamespace;
use cardex::{Actor, Hit, Page, Result, SearchFields, Session, Store};

type Query = fn(&Store) -> Result<String>;

fn system_session(store: &Store) -> Session {
    store.session(Actor::System)
}

fn text(answer: &impl serde::Serialize) -> String {
    serde_json::to_string(answer).unwrap()
}

/// The hits with their matched fields.
fn hits(page: &Page<Hit>) -> String {
    text(&page.items.iter().map(|hit| (&hit.contact, &hit.matched)).collect::<Vec<_>>())
}

/// The session of an advisor.
fn advisor(store: &Store) -> Result<Session> {
    Ok(store.session(Actor::Advisor(system_session(store).directory().advisors().page()?.items[0].id)))
}

/// The queries with their names.
pub(crate) const QUERIES: &[(&str, Query)] = &[
    ("list", |store| Ok(text(&system_session(store).contacts().page()?.items))),
    ("list with conditions", |store| {
        let filter = "company = Acme and not tag = vip".parse()?;
        Ok(text(&system_session(store).contacts().filter(filter).page()?.items))
    }),
    ("letters", |store| Ok(text(&system_session(store).contacts().sections()?))),
    ("count", |store| Ok(text(&system_session(store).contacts().count()?))),
    ("trash", |store| Ok(text(&system_session(store).contacts().trash().page()?.items))),
    ("second page", |store| {
        let first = system_session(store).contacts().limit(2).page()?;
        Ok(text(&system_session(store).contacts().limit(2).after(first.after).page()?.items))
    }),
    ("search", |store| Ok(hits(&system_session(store).search("an").page()?))),
    ("search by an advisor", |store| Ok(hits(&advisor(store)?.search("").page()?))),
    ("search with typing errors", |store| {
        Ok(hits(&system_session(store).search("drao").fields(SearchFields::Everything).fuzzy(true).page()?))
    }),
    ("search for a number", |store| Ok(hits(&system_session(store).search("+336123").page()?))),
    ("search for people not blocked", |store| {
        Ok(hits(&system_session(store).search("").blocked(false).page()?))
    }),
    ("substrings", |store| Ok(hits(&system_session(store).search_substring("or").page()?))),
    ("by number", |store| Ok(text(&system_session(store).contacts().phone("+33612340004").page()?.items))),
    ("what contacts have", |store| {
        let ids: Vec<_> =
            system_session(store).contacts().page()?.items.iter().map(|contact| contact.id).collect();
        let session = system_session(store);
        Ok(text(&(
            session.links_of(&ids)?,
            session.tags().of(&ids)?,
            session.attributes().of(&ids)?,
            session.blocked_numbers().of(&ids)?,
        )))
    }),
    ("one contact", |store| {
        let id = system_session(store).contacts().page()?.items[0].id;
        let session = system_session(store);
        Ok(text(&(
            session.get(id)?,
            session.card(id)?,
            session.conversations().of(id)?,
            session.merge_history(id)?,
            session.channels().reachable(id)?,
        )))
    }),
    ("log of changes", |store| Ok(text(&system_session(store).changes().page()?))),
    ("outbox", |store| Ok(text(&system_session(store).outbox().pending(10)?))),
    ("directory", |store| {
        let session = system_session(store);
        Ok(text(&(
            session.directory().tenants()?,
            session.directory().groups()?,
            session.directory().networks()?,
            session.directory().advisors().page()?.items,
        )))
    }),
    ("labels", |store| {
        let session = system_session(store);
        let attributes = session.attributes().list(AttributeNamespace::Custom).page()?.items;
        Ok(text(&(
            session.tags().list().page()?.items,
            attributes,
            session.events().names()?,
            session.jobs().list().page()?.items,
        )))
    }),
    ("companies", |store| Ok(text(&system_session(store).companies("a", 5)?))),
    ("figures", |store| Ok(text(&system_session(store).stats()?.contacts))),
    ("check", |store| Ok(text(&store.check()?))),
];
