//! Damaged parts of segments, in small sizes: term indexes then have pieces, and dictionaries several sets of words.

use std::path::Path;

use cardex::Session;
use tempfile::tempdir;

use crate::support::{new, store_at};

const FIRST_NAMES: [&str; 6] = ["Ada", "Berta", "Cäsar", "Dora", "Emil", "Friedrich"];

fn create_book(path: &Path) {
    let (store, session) = store_at(path);
    for n in 0..180_usize {
        let last_name = format!("M{:x}", (n / 3).wrapping_mul(0x9E37_79B9));
        session.add(new(FIRST_NAMES[n % 6], &last_name).email(format!("mail{n}@example.org"))).unwrap();
    }
    store.optimize().unwrap();
}

/// The e-mail addresses of all hits of some searches, read forward page by page, and the same backward.
fn answers(session: &Session) -> Vec<Vec<String>> {
    let hits = |(text, fuzzy): (&str, bool)| {
        let search = || session.search(text).fuzzy(fuzzy).limit(17);
        let addresses = |page: &cardex::Page<cardex::Hit>| -> Vec<String> {
            page.items.iter().map(|hit| hit.contact.emails[0].text.clone()).collect()
        };
        let mut page = search().page().unwrap();
        let mut forward = addresses(&page);
        while let Some(after) = page.after {
            page = search().after(after).page().unwrap();
            forward.extend(addresses(&page));
        }
        let mut backward = addresses(&page);
        while let Some(before) = page.before {
            page = search().before(before).page().unwrap();
            backward.splice(0..0, addresses(&page));
        }
        assert_eq!(backward, forward, "{text}");
        forward
    };
    [("m", false), ("ad", false), ("m1", false), ("berta m", false), ("fredirich", true), ("mail12", false)]
        .map(hits)
        .to_vec()
}

#[test]
fn small_sizes_make_pieces_and_several_sets_of_words() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    create_book(&path);
    let sqlite = rusqlite::Connection::open(&path).unwrap();
    let count = |table: &str| -> i64 {
        let sql =
            format!("SELECT count(*) FROM {table} WHERE id >> 24 = (SELECT max(id) FROM search_segment)");
        sqlite.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    let counts = ["search_block", "search_term_index", "search_word_set"].map(count);
    assert!(counts[0] > 9 && counts[1] > 3 && counts[2] > 3, "{counts:?}");
}

#[test]
fn damaged_parts_change_no_answer_and_are_reported() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    create_book(&path);
    let expected = answers(&store_at(&path).1);
    let counts: Vec<usize> = expected.iter().map(Vec::len).collect();
    assert!(counts.iter().all(|count| *count > 0) && counts.contains(&180), "{counts:?}");
    let sound = std::fs::read(&path).unwrap();
    for sql in [
        "UPDATE search_term_index SET body = x'00'",
        "DELETE FROM search_term_index WHERE id & 16777215 = 1",
        // A part in the place of its neighbour.
        "UPDATE search_term_index SET body = (SELECT other.body FROM search_term_index other
            WHERE other.id = search_term_index.id + 1) WHERE id & 16777215 = 0",
        "UPDATE search_block SET body = (SELECT other.body FROM search_block other
            WHERE other.id = search_block.id + 1) WHERE id & 16777215 = 3",
        "UPDATE search_word_set SET body = (SELECT other.body FROM search_word_set other
            WHERE other.id = search_word_set.id + 1) WHERE id & 16777215 = 0",
        "DELETE FROM search_word_set WHERE id & 16777215 = 1",
        "UPDATE search_segment SET dictionary_root = NULL, word_set_count = 0",
        "UPDATE search_segment SET nonce = nonce + 1",
        "UPDATE search_segment SET block_count = block_count - 1",
    ] {
        std::fs::write(&path, &sound).unwrap();
        let sqlite = rusqlite::Connection::open(&path).unwrap();
        assert!(sqlite.execute(sql, []).unwrap() > 0, "{sql}");
        drop(sqlite);
        let (store, session) = store_at(&path);
        // A missing dictionary is not noticed by a search: the check finds that its words are missing.
        if !sql.contains("word_set_count = 0") {
            assert_eq!(answers(&session), expected, "{sql}");
        }
        assert!(!store.check().unwrap().is_ok(), "{sql}");
        store.rebuild_index().unwrap();
        store.optimize().unwrap();
        assert_eq!(answers(&session), expected, "{sql}");
        assert!(store.check().unwrap().is_ok(), "{sql}");
    }
}
