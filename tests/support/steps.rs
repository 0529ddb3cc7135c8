//! What is done to books while something fails: the same for all layers, so that each meets all of it.

use std::path::Path;
use std::time::Duration;

use cardex::blocking::{BlockReason, NewBlockedNumber};
use cardex::contacts::{AddManyOptions, ImportOutcome, MergeOptions};
use cardex::jobs::{JobAction, NewJob};
use cardex::onboarding::NewOnboarding;
use cardex::tags::{TagPatch, UnknownTagPolicy};
use cardex::{
    Actor, AdvisorId, ContactId, ContactPatch, Durability, Error, Network, NewAdvisor, NewContact, Options,
    Result, Session, Store, Timestamp,
};

use super::{START, new, options};

/// One thing done to a book, whole or not at all; with where the book is.
pub type Step = fn(&Store, &Path) -> Result<()>;

/// Things done to a book one after the other, after it was made.
#[derive(Clone, Copy)]
pub struct Work {
    pub name: &'static str,
    pub steps: &'static [Step],
    /// What is deleted is overwritten.
    pub scrubs: bool,
}

pub const MIXED: Work = Work { name: "mixed edits", steps: MIXED_STEPS, scrubs: false };
pub const IMPORTS: Work = Work { name: "imports", steps: IMPORT_STEPS, scrubs: false };
pub const MERGERS: Work = Work { name: "mergers and jobs", steps: MERGER_STEPS, scrubs: false };
pub const CARE: Work = Work { name: "care", steps: CARE_STEPS, scrubs: true };

/// All there is.
pub const ALL: [Work; 4] = [MIXED, IMPORTS, MERGERS, CARE];

impl Work {
    /// How the book of it is opened: with the same ids on every run.
    pub fn options(&self, durability: Durability) -> Options {
        // One reader: the fewer connections, the fewer calls that say nothing new.
        options(3).durability(durability).readers(1).region("FR").secure_delete(self.scrubs)
    }
}

/// The name of the backup that is made beside a book.
pub const COPY: &str = "copy";

fn desk(store: &Store) -> Session {
    store.session(Actor::System)
}

fn nth(store: &Store, n: usize) -> Result<ContactId> {
    let contacts = desk(store).contacts().limit(100).page()?.items;
    Ok(contacts[n % contacts.len()].id)
}

fn trashed(store: &Store) -> Result<ContactId> {
    Ok(desk(store).contacts().trash().page()?.items[0].id)
}

fn advisor(store: &Store, n: usize) -> Result<AdvisorId> {
    Ok(desk(store).directory().advisors().page()?.items[n].id)
}

fn advisors(store: &Store) -> Result<()> {
    let email = |name: &str| NewAdvisor::new(name, "").email(format!("{name}@bank.example"));
    desk(store).directory().add_advisors([email("Ada"), email("Bob")]).map(drop)
}

fn add(store: &Store, first: &str, n: usize) -> Result<()> {
    let contact = new(first, "Roe").phone(format!("+3361234{n:04}")).email(format!("{first}@example.com"));
    desk(store).add(contact.company("Acme").advisor(advisor(store, 0)?)).map(drop)
}

fn import(store: &Store, first: &str, count: usize) -> Result<()> {
    let people = (0..count).map(|n| new(&format!("{first}{n:04}"), &format!("Zed{:03}", n % 97)));
    desk(store).add_many(people, AddManyOptions::new(), |_, outcome| {
        assert!(!matches!(outcome, ImportOutcome::Rejected(_)), "{outcome:?}");
    })
}

/// The first job there is, one slice of it.
fn slice(store: &Store) -> Result<()> {
    let job = desk(store).jobs().list().page()?.items[0].id;
    desk(store).jobs().run_batch(job, 2).map(drop)
}

/// A little of everything that is written.
const MIXED_STEPS: &[Step] = &[
    |store, _| advisors(store),
    |store, _| add(store, "Anna", 1),
    |store, _| add(store, "Bert", 2),
    |store, _| add(store, "Cleo", 3),
    |store, _| desk(store).edit(nth(store, 1)?, ContactPatch::new().last_name("Stone").company("")).map(drop),
    |store, _| desk(store).link(nth(store, 0)?, advisor(store, 1)?).map(drop),
    |store, _| desk(store).unlink(nth(store, 0)?, advisor(store, 0)?).map(drop),
    |store, _| {
        let spam = NewBlockedNumber::new("+33612340001", BlockReason::Spam);
        desk(store).blocked_numbers().block(advisor(store, 0)?, [spam]).map(drop)
    },
    |store, _| {
        let john = NewOnboarding::new(Network::LINE, "John", "Doe", "+33612349999", "Ada@bank.example");
        desk(store).onboarding().onboard(&john.company("Acme").email("john@example.com")).map(drop)
    },
    |store, _| desk(store).remove(nth(store, 2)?),
    |store, _| desk(store).restore(trashed(store)?).map(drop),
    |store, _| desk(store).remove(nth(store, 0)?),
    |store, _| desk(store).purge(trashed(store)?),
    |store, _| desk(store).substring_index().build(100).map(drop),
    |store, _| add(store, "Dora", 4),
    |store, _| store.optimize(),
    |store, _| desk(store).outbox().acknowledge(desk(store).outbox().pending(1)?[0].seq).map(drop),
    |store, _| add(store, "Emil", 5),
];

/// Imports, and what becomes of the index by them: segments made, merged, made anew.
const IMPORT_STEPS: &[Step] = &[
    |store, _| import(store, "Im", 120),
    |store, _| import(store, "Jo", 60),
    |store, _| store.optimize(),
    |store, _| store.rebuild_index(),
    |store, _| finish(store),
    |store, _| desk(store).add(NewContact::new(Network::SMS_DIRECT, "Last", "One")).map(drop),
];

/// Two contacts made one, and two again; one thing done with many; the log cut short.
const MERGER_STEPS: &[Step] = &[
    |store, _| advisors(store),
    |store, _| add(store, "Anna", 1),
    |store, _| add(store, "Bert", 2),
    |store, _| import(store, "Acy", 5),
    |store, _| {
        let tags = desk(store).tags().set(nth(store, 1)?, &["vip", "new"], UnknownTagPolicy::Create);
        tags.map(drop)
    },
    |store, _| desk(store).merge(nth(store, 0)?, nth(store, 1)?, MergeOptions::new()).map(drop),
    |store, _| {
        let merger = desk(store).merge_history(nth(store, 0)?)?[0].id;
        desk(store).unmerge(merger).map(drop)
    },
    |store, _| desk(store).merge(nth(store, 1)?, nth(store, 2)?, MergeOptions::new()).map(drop),
    |store, _| desk(store).tags().add(TagPatch::new().name("many")).map(drop),
    |store, _| {
        let tag = desk(store).tags().named("many")?.map(|tag| tag.id).unwrap();
        desk(store).jobs().create(NewJob::new(JobAction::Tag { tag }, "first starts A".parse()?)).map(drop)
    },
    |store, _| slice(store),
    |store, _| slice(store),
    |store, _| desk(store).jobs().cancel(desk(store).jobs().list().page()?.items[0].id).map(drop),
    |store, _| desk(store).jobs().delete(desk(store).jobs().list().page()?.items[0].id),
    |store, _| desk(store).tags().delete(desk(store).tags().named("many")?.map(|tag| tag.id).unwrap()),
    |store, _| desk(store).remove(nth(store, 0)?),
    |store, _| desk(store).purge(trashed(store)?),
    |store, _| store.prune_changes(Timestamp(START + 1_000_000)).map(drop),
    |store, _| add(store, "Emil", 5),
];

/// What keeps a book in shape, and copies of it.
const CARE_STEPS: &[Step] = &[
    |store, _| advisors(store),
    |store, _| import(store, "Ca", 40),
    |store, _| desk(store).remove(nth(store, 3)?),
    |store, _| desk(store).purge(trashed(store)?),
    |store, _| store.erase_deleted_data(),
    |store, _| add(store, "Anna", 1),
    |store, path| {
        let copy = path.with_file_name(COPY);
        store.backup_to(&copy)?;
        // A look at it shows the watched disk that it has its name.
        options(3).readers(1).open(copy).map(drop)
    },
    |store, _| store.rebuild_index(),
    |store, path| relist(store, path),
    |store, _| finish(store),
    |store, _| add(store, "Bert", 2),
    |store, _| store.erase_deleted_data(),
];

fn finish(store: &Store) -> Result<()> {
    while !store.maintain(Duration::from_secs(9))? {}
    Ok(())
}

/// Another language for the lists, by another handle; names here are in the same order in both.
fn relist(_: &Store, path: &Path) -> Result<()> {
    if !cfg!(feature = "locale") {
        return Ok(());
    }
    let other = CARE.options(Durability::Commit).locale("de").open(path)?;
    finish(&other)
}

/// Whether an error is one that a failing disk, or a lack of memory, is told by.
pub fn is_of_the_machine(error: &Error) -> bool {
    matches!(error, Error::Storage(_) | Error::Io(_) | Error::DiskFull)
}
