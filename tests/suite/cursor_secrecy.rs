//! What a cursor shows, and where it is valid.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cardex::{Actor, SortField};

use crate::support::{new, open_store, options, store_at};

/// A cursor shows nothing of its position, and equal positions have equal cursors.
#[test]
fn a_cursor_shows_no_name() {
    let (_store, session) = open_store();
    for n in 0..3 {
        session.add(new("Secretname", &format!("Familyname{n}")).email(format!("secret{n}@x.org"))).unwrap();
    }
    let by_email = session.contacts().order(SortField::Email).limit(1).page().unwrap().after.unwrap();
    let hits = session.search("secret").limit(1).page().unwrap().after.unwrap();
    for cursor in [&by_email, &hits] {
        let bytes = URL_SAFE_NO_PAD.decode(cursor.as_str()).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains("secr") && !text.contains("fami") && !text.contains("x.org"), "{text:?}");
        assert_eq!(cursor.as_str().len(), 124);
    }
    assert_eq!(Some(hits), session.search("secret").limit(1).page().unwrap().after);
}

/// A copy has the key of its book; a recovered book has a new one.
#[test]
fn cursors_are_valid_in_a_copy_and_not_after_a_recovery() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (store, session) = store_at(&path("book"));
    for last in ["Ash", "Birch", "Cedar", "Dogwood", "Elm"] {
        session.add(new("Ada", last)).unwrap();
    }
    let after = session.contacts().limit(2).page().unwrap().after.unwrap();
    store.backup_to(path("copy")).unwrap();
    store.vacuum().unwrap();
    assert_eq!(session.contacts().after(after.clone()).page().unwrap().items.len(), 3);
    drop((session, store));
    let next = |name: &str| {
        let store = options(4).open(path(name)).unwrap();
        store.session(Actor::System).contacts().after(after.clone()).page().map(|page| page.items.len())
    };
    assert_eq!(next("copy").unwrap(), 3);
    options(4).recover(path("book"), path("recovered")).unwrap();
    assert_eq!(next("recovered").unwrap_err().code(), "bad-cursor");
    assert_eq!(next("book").unwrap(), 3);
}
