//! Damaged parts of segments, in small sizes: term indexes have pieces, and dictionaries several sets.

use std::collections::BTreeSet;

use crate::db::index_store::{self, SegmentState};
use crate::host::interrupt::CancelToken;
use crate::index::tests::small_store;
use crate::model::{Network, NewContact};
use crate::{Session, Store};

const FIRST: [&str; 6] = ["Ada", "Berta", "Cäsar", "Dora", "Emil", "Friedrich"];

fn filled_store() -> (Store, Session) {
    let (store, session) = small_store();
    for n in 0..180_usize {
        let last_name = format!("M{:x}", (n / 3).wrapping_mul(0x9E37_79B9));
        let contact = NewContact::new(Network::SMS_DIRECT, FIRST[n % 6], last_name);
        session.add(contact.email(format!("mail{n}@example.org"))).unwrap();
    }
    store.optimize().unwrap();
    (store, session)
}

/// Forward and backward pages, fuzzy hits, and hits of two words.
fn answers(session: &Session) -> Vec<Vec<String>> {
    let names = |text: &str, fuzzy: bool| {
        let mut forward = Vec::new();
        let mut page = session.search(text).fuzzy(fuzzy).limit(17).page().unwrap();
        loop {
            forward.extend(
                page.items.iter().map(|hit| hit.contact.emails.clone()).map(|mails| format!("{mails:?}")),
            );
            let Some(after) = page.after else { break };
            page = session.search(text).fuzzy(fuzzy).limit(17).after(after).page().unwrap();
        }
        forward
    };
    [("m", false), ("ad", false), ("m1", false), ("berta m", false), ("fredirich", true), ("mail12", false)]
        .map(|(text, fuzzy)| names(text, fuzzy))
        .to_vec()
}

fn execute(store: &Store, sql: &str) -> usize {
    let mut changed = 0;
    store
        .engine
        .write(&CancelToken::default(), |db| {
            changed = db.execute_test_sql(sql);
            index_store::increment_epoch(db)?;
            Ok(())
        })
        .unwrap();
    changed
}

#[test]
fn small_sizes_make_pieces_and_several_sets() {
    let (store, _) = filled_store();
    let headers = store
        .engine
        .read(&CancelToken::default(), |snapshot| {
            Ok(index_store::segment_headers(&snapshot.db, SegmentState::Live)?)
        })
        .unwrap();
    assert!(
        headers.iter().any(|segment| segment.block_count > 9 && segment.word_set_count > 3),
        "{headers:?}"
    );
    assert!(execute(&store, "UPDATE search_term_index SET separator = separator") > 3);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn damage_changes_no_answer_and_is_reported() {
    let (store, session) = filled_store();
    let expected = answers(&session);
    let sizes: BTreeSet<usize> = expected.iter().map(Vec::len).collect();
    assert!(sizes.first() > Some(&0) && sizes.last() > Some(&100), "{sizes:?}");
    for sql in [
        "UPDATE search_term_index SET body = x'00'",
        "DELETE FROM search_term_index WHERE id & 16777215 = 1",
        // A piece in the place of another one.
        "UPDATE search_term_index SET body = (SELECT other.body FROM search_term_index other
            WHERE other.id = search_term_index.id + 1) WHERE id & 16777215 = 0",
        "UPDATE search_block SET body = (SELECT other.body FROM search_block other
            WHERE other.id = search_block.id + 1) WHERE id & 16777215 = 3",
        "DELETE FROM search_word_set WHERE id & 16777215 = 1",
        "UPDATE search_word_set SET body = (SELECT other.body FROM search_word_set other
            WHERE other.id = search_word_set.id + 1) WHERE id & 16777215 = 0",
        "UPDATE search_segment SET dictionary_root = NULL, word_set_count = 1",
        "UPDATE search_segment SET nonce = nonce + 1",
        "UPDATE search_segment SET block_count = block_count - 1",
    ] {
        assert!(execute(&store, sql) > 0, "{sql}");
        assert_eq!(answers(&session), expected, "{sql}");
        assert!(store.check().unwrap().index_damaged, "{sql}");
        store.rebuild_index().unwrap();
        store.optimize().unwrap();
        assert_eq!(answers(&session), expected, "{sql}");
        assert!(store.check().unwrap().is_ok(), "{sql}");
    }
}
