//! Tests of filters: parsing, text form, limits.

use proptest::prelude::*;

use crate::error::{Error, ValidationError};
use crate::model::contact::Status;
use crate::model::field::Field;
use crate::model::filter::*;
use crate::model::id::ContactId;
use crate::model::limits;
use crate::model::network::Network;
use crate::model::time::Timestamp;

/// The position of a syntax error, and what is expected there.
fn syntax_error(text: &str) -> (usize, &'static str) {
    match text.parse::<Filter>() {
        Err(Error::Invalid {
            field: Field::Filter,
            reason: ValidationError::Syntax { position, expected },
        }) => (position, expected),
        other => panic!("{text}: {other:?}"),
    }
}

fn validation_error(text: &str) -> ValidationError {
    match text.parse::<Filter>() {
        Err(Error::Invalid { field: Field::Filter, reason }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn text_and_calls_build_the_same_filters() {
    let company = || Filter::field(TextField::Company);
    let created = || Filter::time(TimeField::Created);
    let day = Timestamp(1_767_225_600_000);
    let pairs = [
        ("company = Acme", company().equals("Acme")),
        ("company=\"Acme \\\"Ltd\\\" \\\\\"", company().equals("Acme \"Ltd\" \\")),
        ("company != x", Filter::not(company().equals("x"))),
        ("not company = x", Filter::not(company().equals("x"))),
        ("not not company = x", company().equals("x")),
        ("company in (a, b)", company().one_of(["a", "b"])),
        ("company = (a, b)", company().one_of(["a", "b"])),
        ("company contains (a, \"b c\")", company().contains_any(["a", "b c"])),
        ("company starts with x", company().starts_with("x")),
        ("company absent", Filter::not(company().present())),
        ("created > 2026-01-01", created().after(day)),
        ("created <= 2026-01-01T00:00:00Z", created().until(day)),
        ("created < 30 days ago", created().days_before(30)),
        ("created >= 0 days ago", created().within_days(0)),
        ("plan = gold", Filter::attribute("plan").equals("gold")),
        ("@company = gold", Filter::attribute("company").equals("gold")),
        ("@\"a b\" > 3", Filter::attribute("a b").greater("3")),
        ("@since < 3 days ago", Filter::attribute("since").days_before(3)),
        ("@days < 3", Filter::attribute("days").less("3")),
        ("tag = vip", Filter::tag("vip")),
        ("tag absent", Filter::not(Filter::tagged())),
        ("status = confirmed", Filter::status([Status::Confirmed])),
        ("status in (CONFIRMED, INCOMPLETE)", Filter::status([Status::Confirmed, Status::Incomplete])),
        ("network = SMS", Filter::network([Network::SMS])),
        ("id = 7", Filter::id([ContactId(7)])),
        ("true", Filter::all([])),
        ("false or blocked", Filter::any([]).or(Filter::blocked())),
        ("tag=a and tag=b or tag=c", Filter::tag("a").and(Filter::tag("b")).or(Filter::tag("c"))),
        ("tag=a and (tag=b or tag=c)", Filter::tag("a").and(Filter::tag("b").or(Filter::tag("c")))),
        ("((tag = a))", Filter::tag("a")),
        ("not (tag = a or blocked)", Filter::not(Filter::tag("a").or(Filter::blocked()))),
    ];
    for (text, built) in pairs {
        let parsed: Filter = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(parsed == built, "{text} is {parsed}, not {built}");
        assert!(parsed.to_string().parse::<Filter>().unwrap() == parsed, "{text}: {parsed}");
    }
}

#[test]
fn errors_have_positions() {
    assert_eq!(syntax_error("company").0, 8);
    assert_eq!(syntax_error("company ~ x").0, 9);
    assert!(syntax_error("company ~ x").1.starts_with("an operator"));
    assert_eq!(syntax_error("company = ").0, 11);
    assert_eq!(syntax_error("company = and").0, 11);
    assert_eq!(syntax_error("tag = x tag = y").0, 9);
    assert_eq!(syntax_error("(tag = x").0, 9);
    assert_eq!(syntax_error("tag = (a b)").0, 10);
    assert_eq!(syntax_error("é = \"x").0, 5);
    assert_eq!(syntax_error("created > yesterday").0, 11);
    assert_eq!(syntax_error("created = 2026-01-01").0, 9);
    assert_eq!(syntax_error("status = GONE").0, 9);
    assert_eq!(syntax_error("id = x").0, 5);
    assert_eq!(syntax_error("network present").0, 9);
    assert_eq!(syntax_error("blocked = true").0, 9);
    assert_eq!(syntax_error("and").0, 1);
    assert_eq!(validation_error("  "), ValidationError::Blank);
    assert_eq!(validation_error("company = \" \""), ValidationError::Blank);
    assert_eq!(
        validation_error(&format!("tag = {}", "x".repeat(257))),
        ValidationError::TooLong { limit: 256 }
    );
    assert_eq!(
        validation_error(&format!("tag = {}", "x".repeat(9_000))),
        ValidationError::TooLong { limit: limits::FILTER }
    );
}

#[test]
fn depth_and_size_are_limited_for_built_and_parsed_filters() {
    let deep = |levels: usize| {
        (0..levels).fold(Filter::tag("x"), |filter, level| {
            if level % 2 == 0 { filter.or(Filter::blocked()) } else { filter.and(Filter::blocked()) }
        })
    };
    assert!(deep(limits::FILTER_DEPTH).check().is_ok());
    for levels in [limits::FILTER_DEPTH + 1, 50, 100_000] {
        let error = deep(levels).check().unwrap_err();
        assert!(
            matches!(error, Error::Invalid { reason: ValidationError::TooDeep { limit: 16 }, .. }),
            "{levels}"
        );
    }
    let text = format!("{}blocked{}", "not (tag = x and ".repeat(50), ")".repeat(50));
    assert_eq!(validation_error(&text), ValidationError::TooDeep { limit: 16 });
    assert_eq!(validation_error(&"(".repeat(8_000)), ValidationError::TooDeep { limit: 16 });
    let wide = |count: usize| Filter::any((0..count).map(|n| Filter::tag(n.to_string())));
    assert!(wide(limits::FILTER_CONDITIONS).check().is_ok());
    let error = wide(limits::FILTER_CONDITIONS + 1).check().unwrap_err();
    assert!(matches!(error, Error::Invalid { reason: ValidationError::TooMany { limit: 128 }, .. }));
    let many = (0..=limits::FILTER_VALUES).map(|n| n.to_string());
    assert!(Filter::tag_in(many).check().is_err());
}

#[test]
fn debug_output_has_no_values() {
    assert_eq!(format!("{:?}", Filter::tag("secret")), "Filter { conditions: 1, .. }");
    let json = serde_json::to_string(&Filter::tag("vip")).unwrap();
    assert_eq!(json, "\"tag = vip\"");
    assert!(serde_json::from_str::<Filter>(&json).unwrap() == Filter::tag("vip"));
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9._+@:/-]{1,6}",
        "\\PC{1,8}",
        Just("and".to_owned()),
        Just("30".to_owned()),
        Just("\" \\".to_owned()),
    ]
    .prop_filter("not blank", |text| !text.trim().is_empty())
}

fn condition() -> impl Strategy<Value = Filter> {
    let values = || prop::collection::vec(value(), 0..3);
    let text = prop::sample::select(TextField::ALL.as_slice());
    let time = prop::sample::select(TimeField::ALL.as_slice());
    prop_oneof![
        (text, values(), 0..4).prop_map(|(field, values, kind)| match kind {
            0 => Filter::field(field).one_of(values),
            1 => Filter::field(field).contains_any(values),
            2 => Filter::field(field).starts_with_any(values),
            _ => Filter::field(field).present(),
        }),
        (value(), values(), value(), 0..5).prop_map(|(key, values, one, kind)| match kind {
            0 => Filter::attribute(key).one_of(values),
            1 => Filter::attribute(key).at_least(one),
            2 => Filter::attribute(key).days_before(7),
            3 => Filter::attribute(key).contains_any(values),
            _ => Filter::attribute(key).present(),
        }),
        (time, 0..4_000_000_000_000_i64, 0..4).prop_map(|(field, at, kind)| match kind {
            0 => Filter::time(field).after(Timestamp(at)),
            1 => Filter::time(field).until(Timestamp(at)),
            2 => Filter::time(field).days_before(30),
            _ => Filter::time(field).present(),
        }),
        values().prop_map(Filter::tag_in),
        Just(Filter::tagged()),
        Just(Filter::blocked()),
        Just(Filter::has_status()),
        prop::sample::subsequence(Status::ALL.as_slice(), 0..3).prop_map(Filter::status),
        prop::collection::vec(1..=crate::limits::ID, 0..3)
            .prop_map(|ids| Filter::id(ids.into_iter().map(ContactId))),
        Just(Filter::network([Network::SMS, Network::WHATSAPP])),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    condition().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::all),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::any),
            inner.prop_map(Filter::not),
        ]
    })
}

proptest! {
    #![proptest_config(crate::support::cases(256))]

    #[test]
    fn display_and_parse_round_trip(filter in filter()) {
        let text = filter.to_string();
        let parsed: Filter = text.parse().map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert!(parsed == filter, "{text} is {parsed}");
    }

    #[test]
    fn no_text_panics(text in ".*") {
        let _ = text.parse::<Filter>();
    }

    #[test]
    fn no_text_of_keywords_panics(words in prop::collection::vec(prop::sample::select(
        ["and", "or", "not", "(", ")", "tag", "@x", "=", "!=", "<", "in", "\"a\"", "\"", "\\", "3", "days", "ago",
         "created", "company", "present", "status", "id", ",", "true", "2026-01-01"].as_slice()), 0..24)) {
        let text = words.join(" ");
        if let Ok(filter) = text.parse::<Filter>() {
            prop_assert!(filter.to_string().parse::<Filter>().is_ok_and(|parsed| parsed == filter), "{text}: {filter}");
        }
    }
}
