//! Opens the book and the session that a command uses.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cardex::{Actor, Error, Options, Session, Store};
use indicatif::ProgressBar;

use crate::args::{ActorArg, Global};
use crate::default_path::default_book_path;
use crate::failure::Failure;

/// The origin of changes of this program in the change log.
const ORIGIN: &str = "cli";

/// An open book.
pub(crate) struct OpenStore {
    pub(crate) store: Store,
    pub(crate) session: Session,
}

impl OpenStore {
    /// Opens the book. A mistyped path is an error and creates no book.
    pub(crate) fn open(global: &Global) -> Result<Self, Failure> {
        Self::open_at(global, &book_path(global)?, store_options(global)?.create(false))
    }

    /// Opens or creates the book: for commands that add data.
    pub(crate) fn open_or_create(global: &Global) -> Result<Self, Failure> {
        Self::open_or_create_with(global, |_, options| options)
    }

    /// As [`OpenStore::open_or_create`]; `change` adjusts the options and knows whether the book is new.
    pub(crate) fn open_or_create_with(
        global: &Global,
        change: impl FnOnce(bool, Options) -> Options,
    ) -> Result<Self, Failure> {
        let path = book_path(global)?;
        let fresh = !path.exists();
        if let Some(folder) = path.parent().filter(|_| global.book.is_none() && !global.read_only) {
            create_private_folder(folder).map_err(Error::from)?;
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

/// The actor for `--as` in this book.
///
/// # Errors
/// `not-found` if the book has no tenant whose administrator could act.
pub(crate) fn resolve_actor(store: &Store, actor: ActorArg) -> Result<Actor, Failure> {
    Ok(match actor {
        ActorArg::Given(actor) => actor,
        ActorArg::FirstAdministrator => {
            let first = store.session(Actor::System).directory().tenants()?.into_iter().next();
            let first = first.ok_or_else(|| Failure::new("not-found", "the book has no tenant"))?;
            Actor::Administrator(first.id)
        }
    })
}

/// Waits until the lists have the order of the locale.
fn wait_for_relocalize(store: &Store) -> Result<(), Failure> {
    let bar = ProgressBar::new_spinner().with_message("sorting the lists for the locale");
    while !store.maintain(Duration::from_millis(100))? {
        bar.tick();
    }
    bar.finish_and_clear();
    Ok(())
}

/// Creates a folder, and those above it, that only its owner can enter. On Windows, they have the permissions of the folder above. A folder
/// that exists stays as it is.
fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The path of the book.
///
/// # Errors
/// `no-place` if neither `--book` nor the environment names one.
pub(crate) fn book_path(global: &Global) -> Result<PathBuf, Failure> {
    let missing =
        || Failure::new("no-place", "the data folder of the user is unknown; give the book with --book PATH");
    global.book.clone().or_else(default_book_path).ok_or_else(missing)
}

/// The options to open the book with.
///
/// # Errors
/// Those of reading the key.
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
    #[cfg(not(feature = "encryption"))]
    crate::key::refuse_key(global.key_file.as_deref())?;
    Ok(options)
}
