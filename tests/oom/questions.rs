//! What is asked of a book, each with all that it answers.

use cardex::attributes::AttributeNamespace;
use cardex::{Actor, Hit, Page, Result, SearchFields, Session, Store};

type Question = fn(&Store) -> Result<String>;

fn desk(store: &Store) -> Session {
    store.session(Actor::System)
}

fn text(answer: &impl serde::Serialize) -> String {
    serde_json::to_string(answer).unwrap()
}

/// Who was found, and by what.
fn hits(page: &Page<Hit>) -> String {
    text(&page.items.iter().map(|hit| (&hit.contact, &hit.matched)).collect::<Vec<_>>())
}

/// An advisor's own session.
fn advisor(store: &Store) -> Result<Session> {
    Ok(store.session(Actor::Advisor(desk(store).directory().advisors().page()?.items[0].id)))
}

/// By name.
pub(crate) const QUESTIONS: &[(&str, Question)] = &[
    ("list", |store| Ok(text(&desk(store).contacts().page()?.items))),
    ("list with conditions", |store| {
        let filter = "company = Acme and not tag = vip".parse()?;
        Ok(text(&desk(store).contacts().filter(filter).page()?.items))
    }),
    ("letters", |store| Ok(text(&desk(store).contacts().sections()?))),
    ("count", |store| Ok(text(&desk(store).contacts().count()?))),
    ("trash", |store| Ok(text(&desk(store).contacts().trash().page()?.items))),
    ("second page", |store| {
        let first = desk(store).contacts().limit(2).page()?;
        Ok(text(&desk(store).contacts().limit(2).after(first.after).page()?.items))
    }),
    ("search", |store| Ok(hits(&desk(store).search("an").page()?))),
    ("search by an advisor", |store| Ok(hits(&advisor(store)?.search("").page()?))),
    ("search with typing errors", |store| {
        Ok(hits(&desk(store).search("drao").fields(SearchFields::Everything).fuzzy(true).page()?))
    }),
    ("search for a number", |store| Ok(hits(&desk(store).search("+336123").page()?))),
    ("search for people not blocked", |store| Ok(hits(&desk(store).search("").blocked(false).page()?))),
    ("substrings", |store| Ok(hits(&desk(store).search_substring("or").page()?))),
    ("by number", |store| Ok(text(&desk(store).contacts().phone("+33612340004").page()?.items))),
    ("what contacts have", |store| {
        let ids: Vec<_> = desk(store).contacts().page()?.items.iter().map(|contact| contact.id).collect();
        let desk = desk(store);
        Ok(text(&(
            desk.links_of(&ids)?,
            desk.tags().of(&ids)?,
            desk.attributes().of(&ids)?,
            desk.blocked_numbers().of(&ids)?,
        )))
    }),
    ("one contact", |store| {
        let id = desk(store).contacts().page()?.items[0].id;
        let desk = desk(store);
        Ok(text(&(
            desk.get(id)?,
            desk.card(id)?,
            desk.conversations().of(id)?,
            desk.merge_history(id)?,
            desk.channels().reachable(id)?,
        )))
    }),
    ("log of changes", |store| Ok(text(&desk(store).changes().page()?))),
    ("outbox", |store| Ok(text(&desk(store).outbox().pending(10)?))),
    ("directory", |store| {
        let desk = desk(store);
        Ok(text(&(
            desk.directory().tenants()?,
            desk.directory().groups()?,
            desk.directory().networks()?,
            desk.directory().advisors().page()?.items,
        )))
    }),
    ("labels", |store| {
        let desk = desk(store);
        let attributes = desk.attributes().list(AttributeNamespace::Custom).page()?.items;
        Ok(text(&(
            desk.tags().list().page()?.items,
            attributes,
            desk.events().names()?,
            desk.jobs().list().page()?.items,
        )))
    }),
    ("companies", |store| Ok(text(&desk(store).companies("a", 5)?))),
    ("figures", |store| Ok(text(&desk(store).stats()?.contacts))),
    ("check", |store| Ok(text(&store.check()?))),
];
