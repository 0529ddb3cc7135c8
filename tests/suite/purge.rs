//! The bytes of the file contain nothing of purged contacts.

use std::fs;
use std::path::Path;

use cardex::contacts::AddManyOptions;
use cardex::events::NewEvent;
use cardex::{Actor, ContactPatch, Options, Store};
use tempfile::tempdir;

use crate::support::{new, options};

const WORDS: [&str; 4] = ["Zebulon", "Quixotrap", "zq-secret-77", "hushhush"];

/// Whether the file or its log contains a text, in any case.
fn holds(path: &Path, text: &str) -> bool {
    let name = path.file_name().unwrap().to_str().unwrap();
    let files = ["", "-wal"].map(|end| path.with_file_name(format!("{name}{end}")));
    let bytes: Vec<u8> = files.iter().flat_map(|file| fs::read(file).unwrap_or_default()).collect();
    let (bytes, text) = (bytes.to_ascii_lowercase(), text.to_ascii_lowercase());
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// A store with many contacts and one to purge, which has data in every table.
fn fill(path: &Path, options: Options) -> (Store, cardex::ContactId) {
    let store = options.open(path).unwrap();
    let session = store.session(Actor::System);
    assert!(session.substring_index().build(1_000).unwrap());
    let contacts_under_test =
        |n: usize| session.add(new(&format!("Ada{n}"), "Ash").email(format!("a{n}@x.org"))).unwrap();
    (0..40).for_each(|n| drop(contacts_under_test(n)));
    let gone = new(WORDS[0], WORDS[1]).email("zq-secret-77@example.org").identifier("crm", WORDS[2]);
    let gone = session.add(gone.card(format!("{{\"note\":\"{}\"}}", WORDS[3]))).unwrap().id;
    store.optimize().unwrap(); // writes the keys to a segment
    session.edit(gone, ContactPatch::new().company(WORDS[3])).unwrap();
    // What an import changed is kept with the state before it.
    let import = session.imports().begin("people.vcf").unwrap().id;
    let again = new(WORDS[0], WORDS[1]).email("zq-secret-77@example.org").language("fr");
    let options = AddManyOptions::new().update(true).record_in(import);
    session.add_many([again], options, |_, _| ()).unwrap();
    assert_eq!(session.imports().get(import).unwrap().updated, 1);
    session.events().declare("seen").unwrap();
    session.events().fire(gone, NewEvent::new("seen").payload(serde_json::json!(WORDS[3]))).unwrap();
    (40..80).for_each(|n| drop(contacts_under_test(n)));
    (store, gone)
}

#[test]
fn the_file_contains_nothing_of_a_purged_contact() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let (store, gone) = fill(&path, options(1).secure_delete(true));
    let session = store.session(Actor::System);
    assert!(WORDS.iter().all(|word| holds(&path, word)), "it was there");
    session.purge(gone).unwrap();
    store.erase_deleted_data().unwrap();
    for word in WORDS {
        assert!(!holds(&path, word), "{word}");
    }
    assert!(holds(&path, "ada7"), "the others are still there");
    // Copies contain free pages. A text that is not in this file is neither in a copy nor in a vacuumed file.
    let copy = folder.path().join("copy");
    store.backup_to(&copy).unwrap();
    store.vacuum().unwrap();
    for word in WORDS {
        assert!(!holds(&copy, word) && !holds(&path, word), "{word}");
    }
    assert!(holds(&copy, "ada7"));
    assert!(store.check().unwrap().is_ok());
    assert_eq!(session.search("zeb").page().unwrap().items.len(), 0);
    assert_eq!(session.search("ada").limit(100).page().unwrap().items.len(), 80);
    assert_eq!(session.contacts().total().unwrap(), 80);
}

#[test]
fn without_secure_delete_erasing_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let (store, gone) = fill(&path, options(1));
    store.session(Actor::System).purge(gone).unwrap();
    assert_eq!(store.erase_deleted_data().unwrap_err().code(), "bad-option");
    assert!(holds(&path, WORDS[0]));
}
