//! What is looked up of whom conditions leave, at sizes at which a dozen are many.

use crate::access::session::Session;
use crate::host::interrupt::CancelToken;
use crate::model::{AttributeKind, AttributeNamespace, Filter, Network, NewAttribute, NewContact};
use crate::query::filter::CompiledFilter;
use crate::query::filter::{CandidateBitmap, QUICK_RANGE_LIMIT};
use crate::{Actor, Options, Store};

/// How many are known to be those who meet a filter, and whether they all do.
fn planned_count(store: &Store, desk: &Session, filter: &str, most: usize) -> Option<(usize, bool)> {
    let read = store.engine.read(&CancelToken::default(), |snapshot| {
        let rights = desk.rights(&snapshot.db)?;
        let scopes = rights.scopes(&snapshot.db, None, None)?;
        let filter: Filter = filter.parse().unwrap();
        let sieve = CompiledFilter::compile(&store.engine, &snapshot.db, &rights, &scopes, &filter)?.unwrap();
        sieve.candidate_bitmap(&snapshot.db, most)
    });
    read.unwrap().map(|CandidateBitmap { ids, exact }| (ids.len(), exact))
}

/// Whoever has an attribute at all stood in for a range of its values that was longer than the first look, so the range was never
/// read: twenty thousand rows were, to count six thousand.
#[test]
fn a_long_range_is_read_when_it_saves_rows() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    desk.attributes()
        .add(NewAttribute::new(AttributeNamespace::Custom, "score", AttributeKind::Number))
        .unwrap();
    for n in 0..40 {
        let person =
            NewContact::new(Network::SMS_DIRECT, format!("P{n}"), "").phone(format!("+336123456{n:02}"));
        let person = if n < 30 { person.attribute(AttributeNamespace::Custom, "score", n) } else { person };
        let person =
            if n >= 35 { person.attribute(AttributeNamespace::Custom, "plan", "gold") } else { person };
        desk.add(if n % 2 == 0 { person.tag("even") } else { person }).unwrap();
    }
    for (filter, soon, all) in [
        ("@score < 10", None, Some((10, true))),
        ("@score < 10 and phone contains 3", None, Some((10, false))),
        ("@score < 10 and @score > 14", None, Some((0, true))),
        ("@score < 10 and tag = even", Some((20, false)), Some((5, true))),
        ("@score < 20 and phone contains 3", None, Some((30, false))),
        ("@score < 20 or tag = even", None, Some((35, false))),
        ("@score < 20 and @score absent", Some((10, false)), Some((0, true))),
        ("not @score < 10", None, Some((30, true))),
        ("@plan contains z or tag = even", Some((23, false)), Some((23, false))),
    ] {
        assert_eq!(planned_count(&store, &desk, filter, QUICK_RANGE_LIMIT), soon, "{filter}, at first");
        assert_eq!(planned_count(&store, &desk, filter, 16), all, "{filter}");
    }
    // All numbers are looked through where that is less than to read all contacts.
    assert_eq!(planned_count(&store, &desk, "phone contains 4560", 64), Some((10, true)));
}

/// What stands under a text of another fold tells nothing: those who have any are read until all texts are this library's.
#[test]
fn texts_of_another_fold_version_are_not_used() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    for n in 0..40 {
        let person = NewContact::new(Network::SMS_DIRECT, format!("P{n}"), "");
        desk.add(if n < 5 { person.company("Acme") } else { person }).unwrap();
    }
    let company = || {
        ["company present", "not company present", "company starts ac"]
            .map(|filter| planned_count(&store, &desk, filter, 64))
    };
    assert_eq!(company(), [Some((5, true)), Some((35, true)), Some((5, true))]);
    let retired = store.engine.write(&CancelToken::default(), crate::index::reset_index);
    assert!(retired.is_ok());
    assert_eq!(company(), [None, None, None]);
}
