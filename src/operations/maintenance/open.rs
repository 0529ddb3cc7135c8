//! Opens a store: initializes a new file and upgrades an old one.

use crate::db::connection::config::StoreLocation;
use crate::db::metadata::{IdRange, Metadata};
use crate::db::{self, Generation, Write};
use crate::engine::cursor_key;
use crate::engine::{BookIdentity, Engine, Parts, catch_sqlite_panic};
use crate::error::{Error, Result};
use crate::host::interrupt::CancelToken;
use crate::model::NetworkPolicy;
use crate::operations::maintenance::{background_tasks, reindex, relocalize};
use crate::options::Options;
use crate::text::collate::Collator;
use crate::text::collate::CollatorCache;
use crate::text::fold::FOLD_VERSION;
use crate::text::phone::{BACKEND_VERSION, PhoneParser};

/// Opens the store at a location, creates it if this is permitted, and upgrades it.
pub(crate) fn open(place: StoreLocation, options: Options) -> Result<Engine> {
    options.check()?;
    if matches!(place, StoreLocation::Memory) {
        check_memory(&options)?;
    }
    let phones = PhoneParser::new(options.region.as_deref())?;
    let collators = CollatorCache::default();
    // An invalid locale is always an error. The collation tables are loaded only when they are needed.
    let locale = options.locale.as_deref().unwrap_or_default();
    if !locale.is_empty() {
        collators.get(locale)?;
    }
    let found = |tx: &Write<'_>| initialize(tx, &options, collators.get(locale)?.as_ref());
    let mut conn = catch_sqlite_panic(|| db::open(&place, &options.db, found))?;
    let (record, cursor_key) = catch_sqlite_panic(|| {
        let db = conn.read()?;
        Ok((db::metadata::read(&db)?, db::metadata::cursor_key(&db)?))
    })?;
    let parts = Parts { location: place, options, collators, phones };
    let identity = BookIdentity { public_id: record.public_id, cursor_key };
    let engine = Engine::new(parts, conn, &identity, background_tasks::run_within_write);
    upgrade(&engine, &record)?;
    Ok(engine)
}

fn check_memory(options: &Options) -> Result<()> {
    let bad = |option, problem: &str| Err(Error::BadOption { option, reason: problem.to_owned() });
    if options.db.read_only {
        return bad("read_only", "a book in memory starts empty");
    }
    if options.db.is_encrypted() {
        return bad("key", "a book in memory is not written anywhere");
    }
    Ok(())
}

/// Writes the first rows of a new store: metadata, the built-in networks, one tenant.
pub(crate) fn initialize(db: &Write<'_>, options: &Options, collator: &Collator) -> Result<()> {
    let now = options.db.clock.now();
    let book = Metadata {
        public_id: (options.db.nonces.next() & i64::MAX).max(1),
        locale: options.locale.clone().unwrap_or_default(),
        collation: collator.stamp().to_owned(),
        fold_version: FOLD_VERSION,
        phone_normalizer: BACKEND_VERSION.to_owned(),
        generation: Generation::Zero,
        next: None,
        next_processed_through: 0,
        clearing_other_generation: false,
        unindexed: IdRange::default(),
        substring_indexed_through: None,
    };
    db::metadata::insert(db, &book, &cursor_key::generate(options.id_seed)?, now)?;
    for policy in NetworkPolicy::built_in() {
        db::directory::insert_network(db, &policy)?;
    }
    db::tenants::insert_tenant(db, "default")?;
    Ok(())
}

/// Upgrades search keys and lists to this version of the library and to the requested locale, in batches; the first
/// batch runs here. A read-only store does not change.
pub(crate) fn upgrade(engine: &Engine, record: &Metadata) -> Result<()> {
    if engine.options.db.read_only {
        return Ok(());
    }
    let locale = engine.options.locale.as_deref();
    if record.fold_version == FOLD_VERSION && relocalize::target_locale(engine, record, locale)?.is_none() {
        return Ok(());
    }
    engine.write_unchecked(&CancelToken::default(), |db| {
        reindex::start_if_fold_changed(db)?;
        relocalize::set_target_locale(engine, db, locale)?;
        Ok(((), true))
    })?;
    background_tasks::run_in_own_transaction(engine)?;
    Ok(())
}
