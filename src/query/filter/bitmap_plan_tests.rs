//! The bitmaps of candidates that a filter builds, with sizes that a dozen contacts reach.

use crate::access::session::Session;
use crate::host::interrupt::CancelToken;
use crate::host::tuning::QueryTuning;
use crate::host::tuning::Tuning;
use crate::model::{AttributeKind, AttributeNamespace, Filter, Network, NewAttribute, NewContact};
use crate::query::filter::{CandidateBitmap, CompiledFilter};
use crate::{Actor, Options, Store};

/// How many candidates a filter has, and whether they all match.
fn planned_count(store: &Store, session: &Session, filter: &str, limit: usize) -> Option<(usize, bool)> {
    let read = store.engine.read(&CancelToken::default(), |snapshot| {
        let rights = session.rights(&snapshot.db)?;
        let scopes = rights.scopes(&snapshot.db, None, None)?;
        let filter: Filter = filter.parse().unwrap();
        let compiled =
            CompiledFilter::compile(&store.engine, &snapshot.db, &rights, &scopes, &filter)?.unwrap();
        compiled.candidate_bitmap(&snapshot.db, limit)
    });
    read.unwrap().map(|CandidateBitmap { ids, exact }| (ids.len(), exact))
}

/// A range of attribute values that was longer than the quick limit was never read: all contacts with the attribute were candidates
/// instead. So a count of six thousand contacts read twenty thousand rows.
#[test]
fn a_long_range_is_read_when_it_saves_rows() {
    let store = Options::new().tuning(Tuning::small()).open_in_memory().unwrap();
    let session = store.session(Actor::System);
    session
        .attributes()
        .add(NewAttribute::new(AttributeNamespace::Custom, "score", AttributeKind::Number))
        .unwrap();
    for n in 0..40 {
        let contact =
            NewContact::new(Network::SMS_DIRECT, format!("P{n}"), "").phone(format!("+336123456{n:02}"));
        let contact =
            if n < 30 { contact.attribute(AttributeNamespace::Custom, "score", n) } else { contact };
        let contact =
            if n >= 35 { contact.attribute(AttributeNamespace::Custom, "plan", "gold") } else { contact };
        session.add(if n % 2 == 0 { contact.tag("even") } else { contact }).unwrap();
    }
    for (filter, quick, full) in [
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
        let quick_range = QueryTuning::SMALL.filter_quick_range;
        assert_eq!(planned_count(&store, &session, filter, quick_range), quick, "{filter}, quick ranges");
        assert_eq!(planned_count(&store, &session, filter, 16), full, "{filter}");
    }
    // All numbers are read where that costs less than reading all contacts.
    assert_eq!(planned_count(&store, &session, "phone contains 4560", 64), Some((10, true)));
}

/// Keys that were made with another fold version cannot be compared. Rows are read until all keys have this library's fold.
#[test]
fn texts_of_another_fold_version_are_not_used() {
    let store = Options::new().tuning(Tuning::small()).open_in_memory().unwrap();
    let session = store.session(Actor::System);
    for n in 0..40 {
        let contact = NewContact::new(Network::SMS_DIRECT, format!("P{n}"), "");
        session.add(if n < 5 { contact.company("Acme") } else { contact }).unwrap();
    }
    let by_company = || {
        ["company present", "not company present", "company starts ac"]
            .map(|filter| planned_count(&store, &session, filter, 64))
    };
    assert_eq!(by_company(), [Some((5, true)), Some((35, true)), Some((5, true))]);
    let reset = store.engine.write(&CancelToken::default(), crate::index::reset_index);
    assert!(reset.is_ok());
    assert_eq!(by_company(), [None, None, None]);
}
