//! The measured stores.

use std::path::PathBuf;
use std::sync::LazyLock;

use cardex::contacts::AddManyOptions;
use cardex::{Actor, Durability, Options, Session, Store};
use cardex_demo::Demo;

/// The store of searches and lists.
pub(crate) static BOOK: LazyLock<Book> = LazyLock::new(|| {
    Book::demo(std::env::var("CARDEX_CONTACTS").map_or(20_000, |number| number.parse().unwrap()))
});

/// A store in a temporary folder.
pub(crate) struct Book {
    pub(crate) store: Store,
    folder: tempfile::TempDir,
}

impl Book {
    pub(crate) fn empty(durability: Durability) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.cardex");
        let store = Options::new().durability(durability).id_seed(1).open(path).unwrap();
        Self { store, folder }
    }

    pub(crate) fn demo(contacts: u64) -> Self {
        let book = Self::empty(Durability::Commit);
        let demo = Demo::new(1, contacts);
        book.session().directory().add_advisors(demo.advisors()).unwrap();
        book.session().add_many(demo.contacts(), AddManyOptions::new(), |_, _| {}).unwrap();
        book
    }

    pub(crate) fn session(&self) -> Session {
        self.store.session(Actor::System)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("book.cardex")
    }
}
