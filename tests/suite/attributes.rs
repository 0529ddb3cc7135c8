//! Attributes of a tenant and their values on contacts.

use cardex::attributes::AttributeNamespace::{Additional, Custom};
use cardex::attributes::{AttributeDef, AttributeKind, AttributePatch, NewAttribute};
use cardex::changes::ChangeKind;
use cardex::contacts::UpdateTarget;
use cardex::{
    Actor, Contact, ContactPatch, ContactUpdate, Error, Field, Identifier, NewAdvisor, Session, Store,
    ValidationError, limits,
};
use serde_json::{Value, json};

use crate::support::{new, open_store};

fn nothing() -> ContactUpdate {
    ContactUpdate::new(ContactPatch::new())
}

fn declare(session: &Session, key: &str, kind: AttributeKind, patch: AttributePatch) -> AttributeDef {
    session.attributes().add(NewAttribute::new(Custom, key, kind).with(patch)).unwrap()
}

fn of(session: &Session, contact: &Contact) -> Vec<(String, Value)> {
    let values = session.attributes().of(&[contact.id]).unwrap().remove(0);
    values.into_iter().map(|value| (value.key, value.value)).collect()
}

fn pair(key: &str, value: impl Into<Value>) -> (String, Value) {
    (key.to_owned(), value.into())
}

fn fixture() -> (Store, Session, Contact) {
    let (store, session) = open_store();
    let anna = session.add(new("Anna", "X").phone("+33612345678")).unwrap();
    (store, session, anna)
}

#[test]
fn values_have_their_declared_type() {
    use AttributeKind as Kind;
    let (_store, session, anna) = fixture();
    let cases: [(Kind, &[Value], &[Value]); 9] = [
        (Kind::Text, &[json!("x"), json!("é")], &[json!(1), json!(true), json!({}), json!([])]),
        (Kind::Number, &[json!(1.5), json!("-2"), json!(0)], &[json!("x"), json!("NaN"), json!(true)]),
        (Kind::Percent, &[json!(12)], &[json!("12 %")]),
        (
            Kind::Link,
            &[json!("https://a.b/c"), json!("HTTP://x")],
            &[json!("ftp://x"), json!("https://"), json!("http://a b")],
        ),
        (
            Kind::Date,
            &[json!("2026-02-28"), json!("2026-02-28 10:00:00"), json!("2026-02-28T10:00:00+01:00")],
            &[json!("2026-02-30"), json!("28.2.2026"), json!(1_700_000_000)],
        ),
        (Kind::List, &[json!("free"), json!("gold")], &[json!("Gold"), json!("none"), json!(1)]),
        (Kind::Checkbox, &[json!(true), json!("false")], &[json!(1), json!("yes")]),
        (Kind::Email, &[json!("a@b.c")], &[json!("a"), json!("a b@c")]),
        (Kind::Phone, &[json!("+33 6 12 34 56 78")], &[json!("none"), json!(33)]),
    ];
    for (kind, good, bad) in cases {
        let key = &format!("a {kind}");
        let patch = AttributePatch::new();
        declare(
            &session,
            key,
            kind,
            if kind == Kind::List { patch.choices(["free", "gold"]) } else { patch },
        );
        for value in good {
            let done = session.update(anna.id, nothing().set_attribute(Custom, key, value.clone())).unwrap();
            assert_eq!(done.applied, [UpdateTarget::Attribute(Custom, key.clone())]);
            assert!(of(&session, &anna).contains(&pair(key, value.clone())), "{key}: {value}");
        }
        for value in bad {
            let refused =
                session.update(anna.id, nothing().set_attribute(Custom, key, value.clone())).unwrap_err();
            assert!(matches!(refused, Error::Invalid { field: Field::Attributes, .. }), "{key}: {value}");
            assert!(of(&session, &anna).contains(&pair(key, good.last().unwrap().clone())), "{key} stays");
            session
                .update(anna.id, nothing().set_attribute(Custom, key, value.clone()).skip_type_checks())
                .unwrap();
            assert!(of(&session, &anna).contains(&pair(key, value.clone())), "{key}: {value} unchecked");
            session
                .update(anna.id, nothing().set_attribute(Custom, key, good.last().unwrap().clone()))
                .unwrap();
        }
    }
    let all = of(&session, &anna).len();
    session
        .update(
            anna.id,
            nothing().set_attribute(Custom, "a number", Value::Null).set_attribute(Custom, "a text", " "),
        )
        .unwrap();
    assert_eq!(of(&session, &anna).len(), all - 2, "null and blank take a declared value away");
}

#[test]
fn patterns_are_enforced_and_invalid_ones_refused() {
    let (_store, session, anna) = fixture();
    let plate = declare(
        &session,
        "plate",
        AttributeKind::Text,
        AttributePatch::new().pattern("^[A-Z]{2}-[0-9]+$", "AA-1"),
    );
    assert_eq!((plate.pattern.as_str(), plate.hint.as_str()), ("^[A-Z]{2}-[0-9]+$", "AA-1"));
    session.update(anna.id, nothing().set_attribute(Custom, "plate", "AB-12")).unwrap();
    let refused = session.update(anna.id, nothing().set_attribute(Custom, "plate", "ab-12")).unwrap_err();
    assert!(matches!(refused, Error::Invalid { reason: ValidationError::PatternMismatch, .. }));
    let large = "(a{1000}){1000}";
    for pattern in ["(", "a{2", "(?=x)", large, &"x".repeat(limits::PATTERN + 1)] {
        let patch = AttributePatch::new().pattern(pattern, "");
        let refused = session.attributes().edit(plate.id, patch).unwrap_err();
        assert!(matches!(refused, Error::Invalid { field: Field::Pattern, .. }), "{pattern}");
    }
}

#[test]
fn definitions_change_but_for_key_and_kind() {
    let (_store, session, anna) = fixture();
    let plan =
        declare(&session, "plan", AttributeKind::List, AttributePatch::new().choices(["free", "gold"]));
    session.update(anna.id, nothing().set_attribute(Custom, "plan", "gold")).unwrap();
    let edited =
        session.attributes().edit(plan.id, AttributePatch::new().name(" Plan ").choices(["free"])).unwrap();
    assert_eq!((edited.name.as_str(), edited.choices.len(), edited.kind), ("Plan", 1, AttributeKind::List));
    assert!(edited.updated_at > plan.updated_at && edited.created_at == plan.created_at);
    assert_eq!(of(&session, &anna), [pair("plan", "gold")], "values stay");
    assert_eq!(
        session.update(anna.id, nothing().set_attribute(Custom, "plan", "gold")).unwrap_err().code(),
        "invalid"
    );
    assert_eq!(
        session.attributes().edit(plan.id, AttributePatch::new().choices([""; 0])).unwrap_err().code(),
        "invalid"
    );
    let again = NewAttribute::new(Custom, "plan", AttributeKind::Text);
    assert_eq!(session.attributes().add(again.clone()).unwrap_err().code(), "exists");
    for key in ["name", "email", "phone_number", "", " ", &"k".repeat(limits::ATTRIBUTE_KEY + 1)] {
        let refused =
            session.attributes().add(NewAttribute::new(Custom, key, AttributeKind::Text)).unwrap_err();
        assert!(matches!(refused, Error::Invalid { field: Field::AttributeKey, .. }), "{key}");
    }
    declare(&session, "Plan", AttributeKind::Text, AttributePatch::new());
    let keys =
        session.attributes().list(Custom).limit(1).iter().map(|def| def.unwrap().key).collect::<Vec<_>>();
    assert_eq!(keys, ["Plan", "plan"]);
    session.attributes().delete(plan.id).unwrap();
    assert_eq!((of(&session, &anna), session.attributes().get(Custom, "plan").unwrap()), (vec![], None));
    assert_eq!(session.attributes().delete(plan.id).unwrap_err().code(), "not-found");
    session.attributes().add(again).unwrap();
}

#[test]
fn undeclared_values_are_stored_unchanged() {
    let (store, session, anna) = fixture();
    let free = json!({ "a": [1, null, "x"] });
    let update =
        nothing().set_attribute(Custom, "city", free.clone()).set_attribute(Additional, "city", Value::Null);
    session.update(anna.id, update).unwrap();
    assert_eq!(of(&session, &anna), [pair("city", free), pair("city", Value::Null)]);
    let made = session.attributes().get(Custom, "city").unwrap().unwrap();
    assert_eq!((made.kind, made.declared), (AttributeKind::Any, false));
    let only = nothing().set_attribute(Custom, "city", "x").declared_only();
    assert!(matches!(
        session.update(anna.id, only).unwrap_err(),
        Error::Invalid { reason: ValidationError::Unknown, .. }
    ));
    session
        .update(anna.id, nothing().remove_attribute(Custom, "city").remove_attribute(Custom, "never"))
        .unwrap();
    assert_eq!(of(&session, &anna), [pair("city", Value::Null)]);
    // Declaring the attribute later keeps its values and its id.
    session.update(anna.id, nothing().set_attribute(Custom, "score", "12")).unwrap();
    let before = session.attributes().get(Custom, "score").unwrap().unwrap();
    let after = declare(&session, "score", AttributeKind::Number, AttributePatch::new());
    assert_eq!((before.id, before.declared, after.declared), (after.id, false, true));
    assert!(of(&session, &anna).contains(&pair("score", "12")));
    let more_than_9 = session.contacts().filter("@score > 9".parse().unwrap());
    assert_eq!(more_than_9.total().unwrap(), 1, "and is compared as a number from then on");
    let present = session.contacts().filter(cardex::Filter::attribute("score").present());
    assert_eq!(present.total().unwrap(), 1, "and it is still there");
    assert!(store.check().unwrap().is_ok());
    let huge = "x".repeat(limits::ATTRIBUTE_VALUE);
    assert_eq!(
        session.update(anna.id, nothing().set_attribute(Custom, "huge", huge)).unwrap_err().code(),
        "invalid"
    );
    assert_eq!(session.attributes().get(Custom, "huge").unwrap(), None);
}

#[test]
fn an_update_skips_invalid_fields_and_reports_them() {
    let (_store, session, anna) = fixture();
    let other = session.add(new("Beth", "X").phone("+33612345679").identifier("", "b")).unwrap();
    declare(&session, "score", AttributeKind::Number, AttributePatch::new());
    let patch = ContactPatch::new()
        .company("Acme")
        .last_name("x".repeat(limits::NAME + 1))
        .phones(["+33612345679"])
        .emails(["a@b"])
        .identifiers([Identifier::new("", "b")]);
    let update =
        ContactUpdate::new(patch).set_attribute(Custom, "score", "none").set_attribute(Custom, "free", 1);
    let refused = session.update(anna.id, update.clone()).unwrap_err();
    assert_eq!(refused.code(), "invalid");
    assert_eq!((session.get(anna.id).unwrap().unwrap(), of(&session, &anna)), (anna.clone(), vec![]));
    let done = session.update(anna.id, update.skip_invalid()).unwrap();
    let attribute = |key: &str| UpdateTarget::Attribute(Custom, key.to_owned());
    let fields = [Field::Email, Field::Company].map(UpdateTarget::Field);
    assert_eq!(done.applied, [fields.to_vec(), vec![attribute("free")]].concat());
    let skipped: Vec<_> = done.skipped.iter().map(|(part, error)| (part.clone(), error.code())).collect();
    assert_eq!(
        skipped,
        [
            (UpdateTarget::Field(Field::Phone), "duplicate"),
            (UpdateTarget::Field(Field::Identifier), "duplicate"),
            (UpdateTarget::Field(Field::LastName), "invalid"),
            (attribute("score"), "invalid"),
        ]
    );
    assert!(matches!(done.skipped[0].1, Error::Duplicate { holder: Some(holder), .. } if holder == other.id));
    let now = done.contact;
    assert_eq!((now.company.as_str(), &now.phones, now.emails.len()), ("Acme", &anna.phones, 1));
    assert_eq!(now.version, anna.version + 1, "one edit");
    assert_eq!(of(&session, &anna), [pair("free", 1)]);
}

#[test]
fn setting_a_value_is_an_edit_only_if_it_changes() {
    let (_store, session, anna) = fixture();
    let update = || nothing().set_attribute(Custom, "a", 1);
    let done = session.update(anna.id, update()).unwrap().contact;
    assert_eq!((done.version, done.updated_at > anna.updated_at), (anna.version + 1, true));
    assert_eq!(session.update(anna.id, update()).unwrap().contact, done);
    let log = session.changes().page().unwrap().items;
    let last = log.last().unwrap();
    assert_eq!((log.len(), last.kind, &last.fields[..]), (2, ChangeKind::Edit, &[Field::Attributes][..]));
    let stale =
        ContactUpdate::new(ContactPatch::new().expect_version(anna.version)).set_attribute(Custom, "a", 2);
    assert_eq!(session.update(anna.id, stale.skip_invalid()).unwrap_err().code(), "version-conflict");
}

#[test]
fn a_contact_has_limited_values_and_the_trash_keeps_them() {
    let (store, session, anna) = fixture();
    let full = (0..limits::ATTRIBUTES)
        .fold(nothing(), |update, at| update.set_attribute(Custom, format!("k{at}"), 1));
    session.update(anna.id, full).unwrap();
    assert_eq!(
        session.update(anna.id, nothing().set_attribute(Custom, "more", 1)).unwrap_err().code(),
        "invalid"
    );
    session.update(anna.id, nothing().set_attribute(Custom, "k0", 2)).unwrap();
    session.remove(anna.id).unwrap();
    assert_eq!(of(&session, &anna).len(), limits::ATTRIBUTES);
    session.purge(anna.id).unwrap();
    let report = store.check().unwrap();
    assert!(report.is_ok(), "{report:?}");
}

#[test]
fn attributes_and_values_belong_to_one_tenant() {
    let (store, session, anna) = fixture();
    let away = session.directory().add_tenant("away").unwrap().id;
    let there = store.session(Actor::Administrator(away));
    let plan = declare(&session, "plan", AttributeKind::Text, AttributePatch::new());
    assert_eq!(there.attributes().get(Custom, "plan").unwrap(), None);
    assert_eq!(there.attributes().delete(plan.id).unwrap_err().code(), "not-found");
    assert_eq!(
        there.update(anna.id, nothing().set_attribute(Custom, "plan", "x")).unwrap_err().code(),
        "no-contact"
    );
    let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
    let own = store.session(Actor::Advisor(ada));
    session.link(anna.id, ada).unwrap();
    own.update(anna.id, nothing().set_attribute(Custom, "plan", "x")).unwrap();
    assert_eq!(own.attributes().of(&[anna.id]).unwrap()[0][0].key, "plan");
    assert_eq!(own.attributes().delete(plan.id).unwrap_err().code(), "forbidden");
}
