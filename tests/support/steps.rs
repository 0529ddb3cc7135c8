//! The work on stores while faults are injected. All fault layers run the same work.

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

/// One atomic operation on a store at a path.
pub type Step = fn(&Store, &Path) -> Result<()>;

/// A sequence of operations on a new store.
#[derive(Clone, Copy)]
pub struct Work {
    pub name: &'static str,
    pub steps: &'static [Step],
    /// Whether deleted data is overwritten.
    pub overwrites: bool,
}

pub const MIXED: Work = Work { name: "mixed edits", steps: MIXED_STEPS, overwrites: false };
pub const IMPORTS: Work = Work { name: "imports", steps: IMPORT_STEPS, overwrites: false };
pub const MERGES: Work = Work { name: "mergers and jobs", steps: MERGE_STEPS, overwrites: false };
pub const MAINTENANCE: Work = Work { name: "care", steps: MAINTENANCE_STEPS, overwrites: true };

/// All pieces of work.
pub const ALL: [Work; 4] = [MIXED, IMPORTS, MERGES, MAINTENANCE];

impl Work {
    /// The options of the store, with the same ids on every run.
    pub fn options(&self, durability: Durability) -> Options {
        // One reader connection keeps the number of calls small.
        options(3).durability(durability).readers(1).region("FR").secure_delete(self.overwrites)
    }
}

/// The name of the backup beside the store.
pub const COPY: &str = "copy";

fn system_session(store: &Store) -> Session {
    store.session(Actor::System)
}

fn nth(store: &Store, n: usize) -> Result<ContactId> {
    let contacts = system_session(store).contacts().limit(100).page()?.items;
    Ok(contacts[n % contacts.len()].id)
}

fn trashed(store: &Store) -> Result<ContactId> {
    Ok(system_session(store).contacts().trash().page()?.items[0].id)
}

fn advisor(store: &Store, n: usize) -> Result<AdvisorId> {
    Ok(system_session(store).directory().advisors().page()?.items[n].id)
}

fn advisors(store: &Store) -> Result<()> {
    let email = |name: &str| NewAdvisor::new(name, "").email(format!("{name}@bank.example"));
    system_session(store).directory().add_advisors([email("Ada"), email("Bob")]).map(drop)
}

fn add(store: &Store, first: &str, n: usize) -> Result<()> {
    let contact = new(first, "Roe").phone(format!("+3361234{n:04}")).email(format!("{first}@example.com"));
    system_session(store).add(contact.company("Acme").advisor(advisor(store, 0)?)).map(drop)
}

fn import(store: &Store, first: &str, count: usize) -> Result<()> {
    let people = (0..count).map(|n| new(&format!("{first}{n:04}"), &format!("Zed{:03}", n % 97)));
    system_session(store).add_many(people, AddManyOptions::new(), |_, outcome| {
        assert!(!matches!(outcome, ImportOutcome::Rejected(_)), "{outcome:?}");
    })
}

/// Runs one batch of the first job.
fn slice(store: &Store) -> Result<()> {
    let job = system_session(store).jobs().list().page()?.items[0].id;
    system_session(store).jobs().run_batch(job, 2).map(drop)
}

/// Mixed edits.
const MIXED_STEPS: &[Step] = &[
    |store, _| advisors(store),
    |store, _| add(store, "Anna", 1),
    |store, _| add(store, "Bert", 2),
    |store, _| add(store, "Cleo", 3),
    |store, _| {
        system_session(store)
            .edit(nth(store, 1)?, ContactPatch::new().last_name("Stone").company(""))
            .map(drop)
    },
    |store, _| system_session(store).link(nth(store, 0)?, advisor(store, 1)?).map(drop),
    |store, _| system_session(store).unlink(nth(store, 0)?, advisor(store, 0)?).map(drop),
    |store, _| {
        let spam = NewBlockedNumber::new("+33612340001", BlockReason::Spam);
        system_session(store).blocked_numbers().block(advisor(store, 0)?, [spam]).map(drop)
    },
    |store, _| {
        let john = NewOnboarding::new(Network::LINE, "John", "Doe", "+33612349999", "Ada@bank.example");
        system_session(store).onboarding().onboard(&john.company("Acme").email("john@example.com")).map(drop)
    },
    |store, _| system_session(store).remove(nth(store, 2)?),
    |store, _| system_session(store).restore(trashed(store)?).map(drop),
    |store, _| system_session(store).remove(nth(store, 0)?),
    |store, _| system_session(store).purge(trashed(store)?),
    |store, _| system_session(store).substring_index().build(100).map(drop),
    |store, _| add(store, "Dora", 4),
    |store, _| store.optimize(),
    |store, _| {
        system_session(store)
            .outbox()
            .acknowledge(system_session(store).outbox().pending(1)?[0].seq)
            .map(drop)
    },
    |store, _| add(store, "Emil", 5),
];

/// Imports with flushes, compaction and reindexing.
const IMPORT_STEPS: &[Step] = &[
    |store, _| import(store, "Im", 120),
    |store, _| import(store, "Jo", 60),
    |store, _| store.optimize(),
    |store, _| store.rebuild_index(),
    |store, _| finish(store),
    |store, _| system_session(store).add(NewContact::new(Network::SMS_DIRECT, "Last", "One")).map(drop),
];

/// Merges, undo, a bulk job and pruning.
const MERGE_STEPS: &[Step] = &[
    |store, _| advisors(store),
    |store, _| add(store, "Anna", 1),
    |store, _| add(store, "Bert", 2),
    |store, _| import(store, "Acy", 5),
    |store, _| {
        let tags =
            system_session(store).tags().set(nth(store, 1)?, &["vip", "new"], UnknownTagPolicy::Create);
        tags.map(drop)
    },
    |store, _| system_session(store).merge(nth(store, 0)?, nth(store, 1)?, MergeOptions::new()).map(drop),
    |store, _| {
        let merger = system_session(store).merge_history(nth(store, 0)?)?[0].id;
        system_session(store).unmerge(merger).map(drop)
    },
    |store, _| system_session(store).merge(nth(store, 1)?, nth(store, 2)?, MergeOptions::new()).map(drop),
    |store, _| system_session(store).tags().add(TagPatch::new().name("many")).map(drop),
    |store, _| {
        let tag = system_session(store).tags().named("many")?.map(|tag| tag.id).unwrap();
        system_session(store)
            .jobs()
            .create(NewJob::new(JobAction::Tag { tag }, "first starts A".parse()?))
            .map(drop)
    },
    |store, _| slice(store),
    |store, _| slice(store),
    |store, _| {
        system_session(store).jobs().cancel(system_session(store).jobs().list().page()?.items[0].id).map(drop)
    },
    |store, _| system_session(store).jobs().delete(system_session(store).jobs().list().page()?.items[0].id),
    |store, _| {
        system_session(store)
            .tags()
            .delete(system_session(store).tags().named("many")?.map(|tag| tag.id).unwrap())
    },
    |store, _| system_session(store).remove(nth(store, 0)?),
    |store, _| system_session(store).purge(trashed(store)?),
    |store, _| store.prune_changes(Timestamp(START + 1_000_000)).map(drop),
    |store, _| add(store, "Emil", 5),
];

/// Maintenance and a copy.
const MAINTENANCE_STEPS: &[Step] = &[
    |store, _| advisors(store),
    |store, _| import(store, "Ca", 40),
    |store, _| system_session(store).remove(nth(store, 3)?),
    |store, _| system_session(store).purge(trashed(store)?),
    |store, _| store.erase_deleted_data(),
    |store, _| add(store, "Anna", 1),
    |store, path| {
        let copy = path.with_file_name(COPY);
        store.backup_to(&copy)?;
        // Opening the copy shows the recorded file system its final name.
        options(3).readers(1).open(copy).map(drop)
    },
    |store, _| store.rebuild_index(),
    |store, path| relocalize(store, path),
    |store, _| finish(store),
    |store, _| add(store, "Bert", 2),
    |store, _| store.erase_deleted_data(),
];

fn finish(store: &Store) -> Result<()> {
    while !store.maintain(Duration::from_secs(9))? {}
    Ok(())
}

/// Relocalizing through another handle. The names of this work have the same order in both locales.
fn relocalize(_: &Store, path: &Path) -> Result<()> {
    if !cfg!(feature = "locale") {
        return Ok(());
    }
    let other = MAINTENANCE.options(Durability::Commit).locale("de").open(path)?;
    finish(&other)
}

/// Whether a failing disk or missing memory can cause an error.
pub fn is_disk_or_memory_error(error: &Error) -> bool {
    matches!(error, Error::Storage(_) | Error::Io(_) | Error::DiskFull)
}
