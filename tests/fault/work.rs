//! What is done to a book while its disk is watched.

use std::path::Path;

use cardex::{
    Actor, AdvisorId, BlockReason, BulkOptions, ContactId, ContactPatch, Durability, Network, NewAdvisor,
    NewBlock, NewContact, Onboarding, Options, Outcome, Result, Session, Store,
};

use crate::support::invariants::told;
use crate::support::{new, options};
use crate::vfs::Watched;

/// One thing done to a book, whole or not at all.
pub(crate) type Step = fn(&Store) -> Result<()>;

pub(crate) fn opened(durability: Durability) -> Options {
    // One reader: the fewer connections, the fewer calls that say nothing new.
    options(3).durability(durability).readers(1).region("FR")
}

/// What a book says after each step, the first of which is that it was made.
pub(crate) struct Told(pub(crate) Vec<String>);

/// Does the steps one after the other, with a mark in the log after each that is done. The first is to make the book.
pub(crate) fn run(path: &Path, disk: &Watched, durability: Durability, steps: &[Step]) -> Result<Told> {
    let store = opened(durability).open(path)?;
    let mut all = vec![told(&store)?];
    disk.mark(all.len());
    for step in steps {
        step(&store)?;
        all.push(told(&store)?);
        disk.mark(all.len());
    }
    Ok(Told(all))
}

fn desk(store: &Store) -> Session {
    store.session(Actor::System)
}

fn nth(store: &Store, n: usize) -> Result<ContactId> {
    let contacts = desk(store).contacts().limit(100).page()?.items;
    Ok(contacts[n % contacts.len()].id)
}

fn advisor(store: &Store, n: usize) -> Result<AdvisorId> {
    Ok(desk(store).advisors().page()?.items[n].id)
}

fn add(store: &Store, first: &str, n: usize) -> Result<()> {
    let contact = new(first, "Roe").phone(format!("+3361234{n:04}")).email(format!("{first}@example.com"));
    desk(store).add(contact.company("Acme").advisor(advisor(store, 0)?)).map(drop)
}

fn import(store: &Store, first: &str, count: usize) -> Result<()> {
    let people = (0..count).map(|n| new(&format!("{first}{n:04}"), &format!("Zed{:03}", n % 97)));
    desk(store).add_many(people, BulkOptions::new(), |_, outcome| {
        assert!(!matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
    })
}

/// A little of everything that is written.
pub(crate) const MIXED: &[Step] = &[
    |store| {
        let email = |name: &str| NewAdvisor::new(name, "").email(format!("{name}@bank.example"));
        desk(store).add_advisor(email("Ada"))?;
        desk(store).add_advisor(email("Bob")).map(drop)
    },
    |store| add(store, "Anna", 1),
    |store| add(store, "Bert", 2),
    |store| add(store, "Cleo", 3),
    |store| desk(store).edit(nth(store, 1)?, ContactPatch::new().last_name("Stone").company("")).map(drop),
    |store| desk(store).link(nth(store, 0)?, advisor(store, 1)?).map(drop),
    |store| desk(store).unlink(nth(store, 0)?, advisor(store, 0)?).map(drop),
    |store| {
        let spam = NewBlock::new("+33612340001", BlockReason::Spam);
        desk(store).block(advisor(store, 0)?, [spam]).map(drop)
    },
    |store| {
        let john = Onboarding::new(Network::LINE, "John", "Doe", "+33612349999", "Ada@bank.example");
        desk(store).onboard(&john.company("Acme").email("john@example.com")).map(drop)
    },
    |store| desk(store).remove(nth(store, 2)?),
    |store| {
        let trash = desk(store).contacts().trash().page()?.items;
        desk(store).restore(trash[0].id).map(drop)
    },
    |store| desk(store).remove(nth(store, 0)?),
    |store| {
        let trash = desk(store).contacts().trash().page()?.items;
        desk(store).purge(trash[0].id)
    },
    |store| desk(store).index_substrings(100).map(drop),
    |store| add(store, "Dora", 4),
    Store::optimize,
    |store| desk(store).acknowledge(desk(store).outbox(1)?[0].seq).map(drop),
    |store| add(store, "Emil", 5),
];

/// Imports, and what becomes of the index by them: segments made, merged, made anew.
pub(crate) const IMPORTS: &[Step] = &[
    |store| import(store, "Im", 120),
    |store| import(store, "Jo", 60),
    Store::optimize,
    Store::rebuild_index,
    |store| {
        while !store.maintain(std::time::Duration::from_secs(9))? {}
        Ok(())
    },
    |store| desk(store).add(NewContact::new(Network::SMS_DIRECT, "Last", "One")).map(drop),
];
