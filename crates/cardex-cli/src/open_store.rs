//! Opening the book, and the session all commands work in.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use cardex::{Actor, Error, Options, Session, Store};
use indicatif::ProgressBar;

use crate::args::{ActorArg, Global};
use crate::default_path::default_book_path;
use crate::failure::Failure;

/// The name under which changes made here are in the log.
const ORIGIN: &str = "cli";

/// An open book.
pub(crate) struct OpenStore {
    pub(crate) store: Store,
    pub(crate) session: Session,
}

impl OpenStore {
    /// Opens the book; an error if there is none. A mistyped path makes no new book.
    pub(crate) fn open(global: &Global) -> Result<Self, Failure> {
        Self::open_at(global, &book_path(global)?, store_options(global)?.create(false))
    }

    /// Opens the book, and makes it if there is none: for commands that put something into it.
    pub(crate) fn open_or_create(global: &Global) -> Result<Self, Failure> {
        Self::open_or_create_with(global, |_, options| options)
    }

    /// The same, with options that may depend on whether the book is new.
    pub(crate) fn open_or_create_with(
        global: &Global,
        change: impl FnOnce(bool, Options) -> Options,
    ) -> Result<Self, Failure> {
        let path = book_path(global)?;
        let fresh = !path.exists();
        if let Some(folder) = path.parent().filter(|_| global.book.is_none() && !global.read_only) {
            fs::create_dir_all(folder).map_err(Error::from)?;
        }
        Self::open_at(global, &path, change(fresh, store_options(global)?))
    }

    fn open_at(global: &Global, path: &PathBuf, options: Options) -> Result<Self, Failure> {
        let store = options.open(path)?;
        if global.locale.is_some() && !global.read_only {
            wait_for_relocalize(&store)?;
        }
        let actor = resolve_actor(&store, global.actor)?;
        let session = store.session(actor).origin(ORIGIN);
        Ok(Self { store, session })
    }
}

/// The actor that is meant in a book.
pub(crate) fn resolve_actor(store: &Store, who: ActorArg) -> Result<Actor, Failure> {
    Ok(match who {
        ActorArg::System => Actor::System,
        ActorArg::Administrator(Some(tenant)) => Actor::Administrator(tenant),
        ActorArg::Administrator(None) => {
            let first = store.session(Actor::System).directory().tenants()?.into_iter().next();
            let first = first.ok_or_else(|| Failure::new("not-found", "the book has no tenant"))?;
            Actor::Administrator(first.id)
        }
        ActorArg::Advisor(advisor) => Actor::Advisor(advisor),
    })
}

/// Waits until the lists are in the language asked for.
fn wait_for_relocalize(store: &Store) -> Result<(), Failure> {
    let bar = ProgressBar::new_spinner().with_message("bringing the lists into another order");
    while !store.maintain(Duration::from_millis(100))? {
        bar.tick();
    }
    bar.finish_and_clear();
    Ok(())
}

/// Where the book is.
pub(crate) fn book_path(global: &Global) -> Result<PathBuf, Failure> {
    let missing = || Failure::new("no-place", "no folder for the book is known; give one with --book PATH");
    global.book.clone().or_else(default_book_path).ok_or_else(missing)
}

/// How the book is opened.
#[cfg_attr(not(feature = "encryption"), allow(clippy::unnecessary_wraps))] // a key may be wrong
pub(crate) fn store_options(global: &Global) -> Result<Options, Failure> {
    let mut options = Options::new().read_only(global.read_only);
    if let Some(region) = &global.region {
        options = options.region(region);
    }
    if let Some(locale) = &global.locale {
        options = options.locale(locale);
    }
    #[cfg(feature = "encryption")]
    if let Some(key) = crate::key::load_key(global.key_file.as_deref())? {
        options = options.encryption_key(key);
    }
    Ok(options)
}
