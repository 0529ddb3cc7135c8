//! Opening a book: a new one gets its first rows, an old one is upgraded.

use crate::db::connection::open::Place;
use crate::db::metadata::{Book, Gap};
use crate::db::{self, Generation, Write};
use crate::engine::{Inner, Parts, caught, random};
use crate::error::{Error, Result};
use crate::host::interrupt::Watch;
use crate::model::{IdSource, NetworkPolicy};
use crate::operations::maintenance::{background_tasks, reindex, relocalize};
use crate::options::Options;
use crate::text::collate::Collator;
use crate::text::collators::Collators;
use crate::text::fold::FOLD_VERSION;
use crate::text::phone::{METADATA, PhoneParser};

/// Opens the book at a place, makes it if it is missing and may be made, and upgrades it.
pub(crate) fn open(place: Place, options: Options) -> Result<Inner> {
    options.check()?;
    if matches!(place, Place::Memory) {
        check_memory(&options)?;
    }
    let ids = IdSource::new(options.id_seed.unwrap_or_else(random));
    let phones = PhoneParser::new(options.region.as_deref())?;
    let collators = Collators::default();
    // A tag that is none is an error in any case; the tables are made when there is something to sort.
    let locale = options.locale.as_deref().unwrap_or_default();
    if !locale.is_empty() {
        collators.get(locale)?;
    }
    let found = |tx: &Write<'_>| found(tx, &options, &ids, collators.get(locale)?.as_ref());
    let mut conn = caught(|| db::open(&place, &options.db, found))?;
    let record = caught(|| Ok(db::metadata::read(&conn.read()?)?))?;
    let parts = Parts { place, options, collators, phones, ids };
    let engine = Inner::new(parts, conn, record.public_id, background_tasks::slice_beside);
    refit(&engine, &record)?;
    Ok(engine)
}

fn check_memory(options: &Options) -> Result<()> {
    let bad = |option, problem: &str| Err(Error::BadOption { option, problem: problem.to_owned() });
    if options.db.read_only {
        return bad("read_only", "a book in memory starts empty");
    }
    if options.db.is_encrypted() {
        return bad("key", "a book in memory is not written anywhere");
    }
    Ok(())
}

/// Writes the first rows of a new book: itself, the built-in networks, one tenant.
pub(crate) fn found(db: &Write<'_>, options: &Options, ids: &IdSource, collator: &Collator) -> Result<()> {
    let now = options.db.clock.now();
    let book = Book {
        public_id: ids.next(now),
        locale: options.locale.clone().unwrap_or_default(),
        collation: collator.stamp().to_owned(),
        fold: FOLD_VERSION,
        phones: METADATA.to_owned(),
        generation: Generation::Zero,
        next: None,
        next_done: 0,
        remains: false,
        unkeyed: Gap::default(),
        substrings: None,
    };
    db::metadata::insert(db, &book, now)?;
    for policy in NetworkPolicy::built_in() {
        db::directory::insert_network(db, &policy)?;
    }
    db::tenants::insert_tenant(db, ids.next(now), "default")?;
    Ok(())
}

/// Brings the book in step with this library and with the locale it is opened with: search keys and lists, in slices, of which
/// the first is done here. A book that cannot be written stays as it is.
pub(crate) fn refit(inner: &Inner, record: &Book) -> Result<()> {
    if inner.options.db.read_only {
        return Ok(());
    }
    let locale = inner.options.locale.as_deref();
    if record.fold == FOLD_VERSION && relocalize::wanted(inner, record, locale)?.is_none() {
        return Ok(());
    }
    inner.write_whatever(&Watch::default(), |db| {
        reindex::adopt(db)?;
        relocalize::wish(inner, db, locale)?;
        Ok(((), true))
    })?;
    background_tasks::slice_alone(inner)?;
    Ok(())
}
