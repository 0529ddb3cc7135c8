//! The rules of the serialized form.

use std::collections::BTreeSet;

use cardex::attributes::AttributePatch;
use cardex::channels::{ChannelIdentityPatch, ChannelPatch};
use cardex::events::NewEvent;
use cardex::jobs::{JobAction, NewJob};
use cardex::tags::TagPatch;
use cardex::{
    Actor, AdvisorId, Contact, ContactId, ContactPatch, ContactUpdate, Cursor, Error, ErrorReport, Field,
    Filter, Identifier, Network, NewContact, Options, Page, RuleViolation, Status, TenantId, ValidationError,
    limits,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

#[test]
fn an_input_refuses_unknown_members() {
    fn check<T: DeserializeOwned>(mut object: Value) {
        assert!(read::<T>(object.clone()).is_ok(), "{object}");
        object["emial"] = json!("a@b");
        let error = read::<T>(object).err().unwrap();
        assert!(error.contains("unknown field"), "{error}");
    }
    check::<NewContact>(json!({ "network": "SMS" }));
    check::<ContactPatch>(json!({ "company": "Acme" }));
    check::<ContactUpdate>(json!({ "patch": {} }));
    check::<TagPatch>(json!({}));
    check::<ChannelPatch>(json!({}));
    check::<ChannelIdentityPatch>(json!({}));
    check::<AttributePatch>(json!({}));
    check::<cardex::attributes::NewAttribute>(
        json!({ "namespace": "custom", "key": "plan", "kind": "text" }),
    );
    check::<cardex::NewAdvisor>(json!({ "firstName": "Ada" }));
    check::<cardex::NewPhone>(json!({ "text": "1" }));
    check::<cardex::NewEmail>(json!({ "text": "a@b" }));
    check::<cardex::blocking::NewBlockedNumber>(json!({ "phone": "1" }));
    check::<cardex::contacts::MergeOptions>(json!({}));
    check::<cardex::conversations::NewConversation>(
        json!({ "externalId": "s", "kind": "multiparty", "network": "SMS" }),
    );
    check::<cardex::directory::TenantPolicy>(json!({}));
    check::<cardex::entitlements::NewEntitlement>(json!({ "network": "SMS" }));
    check::<cardex::entitlements::GroupMove>(json!({ "advisor": "1", "network": "SMS" }));
    check::<NewEvent>(json!({ "name": "paid" }));
    check::<NewJob>(json!({ "action": { "action": "remove" }, "filter": "true" }));
    let details = json!({ "firstName": "A", "lastName": "B", "phone": "1" });
    check::<cardex::onboarding::OnboardingDetails>(details.clone());
    check::<cardex::onboarding::NewOnboarding>(
        json!({ "network": "SMS", "details": details, "onboarder": { "id": "1" } }),
    );
    let policy = cardex::directory::NetworkPolicy::new(Network::SMS);
    check::<cardex::directory::NetworkPolicy>(serde_json::to_value(policy).unwrap());
}

#[test]
fn an_output_ignores_unknown_members() {
    let contact = Contact::new(ContactId(7), Network::SMS);
    let mut value = serde_json::to_value(&contact).unwrap();
    value["ofALaterRelease"] = json!({ "a": [1] });
    assert_eq!(read(value), Ok(contact));
}

#[test]
fn absent_members_have_their_defaults() {
    let new: NewContact =
        read(json!({ "network": "sms-direct", "firstName": "Ada", "phones": [{ "text": "1" }] })).unwrap();
    assert!(new == NewContact::new(Network::SMS_DIRECT, "Ada", "").phone("1"));
    assert!(
        read::<NewContact>(json!({ "firstName": "Ada" })).unwrap_err().contains("missing field `network`")
    );
    // The default is not written.
    assert_eq!(
        serde_json::to_value(&new).unwrap(),
        json!({ "network": "SMS-DIRECT", "firstName": "Ada", "phones": [{ "text": "1" }] })
    );
    let with_card: NewContact = read(json!({ "network": "SMS", "card": { "@type": "Card" } })).unwrap();
    assert_eq!(with_card.card.as_deref(), Some(r#"{"@type":"Card"}"#));
}

#[test]
fn a_patch_distinguishes_absent_and_null() {
    let store = Options::new().open_in_memory().unwrap();
    let session = store.session(Actor::System);
    let new = NewContact::new(Network::BOOK, "Ada", "Byron")
        .company("Acme")
        .phone("+33612345678")
        .status(Status::Confirmed);
    let contact = session.add(new.identifier("crm", "1").email("a@b")).unwrap();
    let edit = |patch: Value| session.edit(contact.id, read(patch).unwrap()).unwrap();
    let same = edit(json!({}));
    assert_eq!((same.company.as_str(), same.status, same.phones.len()), ("Acme", Some(Status::Confirmed), 1));
    let cleared = edit(json!({ "company": null, "status": null, "phones": null, "identifiers": null }));
    assert_eq!((cleared.company.as_str(), cleared.status, cleared.phones.len()), ("", None, 0));
    assert_eq!(
        (cleared.identifiers.len(), cleared.emails.len(), cleared.last_name.as_str()),
        (0, 1, "Byron")
    );
    // These have no empty value.
    for member in ["consent", "blocked", "expectVersion"] {
        assert!(read::<ContactPatch>(json!({ member: null })).is_err(), "{member}");
    }
    let stale: ContactPatch = read(json!({ "company": "B", "expectVersion": contact.version })).unwrap();
    assert_eq!(session.edit(contact.id, stale).unwrap_err().code(), "version-conflict");
    // A colour and a card are removed too; the payload of an event can be `null` itself.
    let colorless: TagPatch = read(json!({ "color": null })).unwrap();
    assert!(colorless == TagPatch::new().color(None) && colorless != TagPatch::new());
    assert!(read::<ContactPatch>(json!({ "card": null })).unwrap() == ContactPatch::new().card(""));
    assert!(
        read::<NewEvent>(json!({ "name": "paid", "payload": null })).unwrap()
            == NewEvent::new("paid").payload(Value::Null)
    );
    let update: ContactUpdate = read(json!({ "attributeValues": [
        { "namespace": "custom", "key": "a" }, { "namespace": "custom", "key": "b", "value": null },
    ] }))
    .unwrap();
    let custom = cardex::attributes::AttributeNamespace::Custom;
    assert!(
        update
            == ContactUpdate::default().remove_attribute(custom, "a").set_attribute(custom, "b", Value::Null)
    );
}

#[test]
fn ids_times_and_actors_are_texts() {
    let mut contact = Contact::new(ContactId(limits::ID), Network::SMS);
    contact.created_at = cardex::Timestamp(1_700_000_000_123);
    contact.identifiers.push(Identifier::new("crm", "1"));
    let value = serde_json::to_value(&contact).unwrap();
    assert_eq!(
        (&value["id"], &value["createdAt"]),
        (&json!("9007199254740991"), &json!("2023-11-14T22:13:20.123Z"))
    );
    for (actor, text) in [
        (Actor::System, "system"),
        (Actor::Administrator(TenantId(1)), "admin:1"),
        (Actor::Advisor(AdvisorId(7)), "advisor:7"),
        (Actor::Agent(AdvisorId(7)), "agent:7"),
    ] {
        assert_eq!((actor.to_string().as_str(), text.parse()), (text, Ok(actor)));
    }
    for invalid in ["", "System", "admin", "admin:", "advisor:0", "advisor:x", "agent: 7", "system:1", "root"]
    {
        assert!(invalid.parse::<Actor>().is_err(), "{invalid:?}");
    }
    assert!(read::<Cursor>(json!("not base64url!")).is_err());
    assert!(read::<Page<Contact>>(json!({ "items": [], "before": null, "after": null })).is_ok());
}

#[test]
fn a_filter_beyond_a_limit_is_not_serialized() {
    let many = (0..=limits::FILTER_CONDITIONS).map(|number| Filter::tag(number.to_string()));
    assert!(serde_json::to_string(&Filter::any(many)).is_err());
    let action = JobAction::Remove;
    let job: NewJob =
        read(json!({ "action": { "action": "remove" }, "filter": "company = Acme", "dryRun": true }))
            .unwrap();
    assert!(job == NewJob::new(action, "company = Acme".parse().unwrap()).dry_run(true));
}

/// The codes in a table of `docs/errors.md`: the first cell of each row below the heading.
fn documented(text: &str, heading: &str) -> Vec<String> {
    let table = text.split_once(heading).unwrap().1.split("\n## ").next().unwrap();
    let codes = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    codes.map(|(code, _)| code.to_owned()).collect()
}

#[test]
fn error_codes_are_distinct_and_documented() {
    let codes: Vec<_> = Error::codes().collect();
    assert_eq!((codes.len(), RuleViolation::CODES.len(), ValidationError::CODES.len()), (79, 44, 20));
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    let reasons: BTreeSet<_> = ValidationError::CODES.iter().collect();
    assert_eq!(reasons.len(), ValidationError::CODES.len());
    // The package of the engine has no `docs`.
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md");
    let Ok(text) = std::fs::read_to_string(path) else { return };
    assert_eq!(codes, documented(&text, "## Codes"));
    assert_eq!(ValidationError::CODES, documented(&text, "## Reasons"));
}

#[test]
fn an_error_is_serialized_as_its_report() {
    let store = Options::new().open_in_memory().unwrap();
    let system = store.session(Actor::System);
    let error = system.add(NewContact::new(Network::BOOK, "a".repeat(256), "")).unwrap_err();
    let report = ErrorReport::from(&error);
    assert_eq!(
        (&*report.code, report.reason.as_deref(), report.limit),
        ("invalid", Some("too-long"), Some(255))
    );
    assert_eq!(report.field, Some(Field::FirstName));
    assert_eq!(serde_json::to_value(&error).unwrap(), serde_json::to_value(&report).unwrap());
    // The holder is only in the report of an actor who sees it.
    let same = |name: &str| NewContact::new(Network::BOOK, name, "").identifier("crm", "1");
    let held = system.add(same("Ada")).unwrap();
    let report = ErrorReport::from(system.add(same("Eve")).unwrap_err());
    assert_eq!((&*report.code, report.holder), ("duplicate", Some(held.id)));
    let tenant = system.directory().tenants().unwrap()[0].id;
    let eve = system.directory().add_advisor(cardex::NewAdvisor::new("Eve", "").tenant(tenant)).unwrap();
    let error = store.session(Actor::Advisor(eve.id)).add(same("Eve"));
    let json = serde_json::to_string(&error.unwrap_err()).unwrap();
    assert!(json.contains(r#""code":"duplicate""#) && !json.contains(&held.id.to_string()), "{json}");
}

/// An outcome and its report are the same JSON, which is read as the report.
#[test]
fn an_outcome_is_read_with_the_report_of_its_error() {
    fn check<O: serde::Serialize, R>(outcome: &O, report: &R) -> Value
    where
        R: serde::Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        let json = serde_json::to_value(outcome).unwrap();
        assert_eq!(json, serde_json::to_value(report).unwrap());
        assert_eq!(read::<R>(json.clone()).as_ref(), Ok(report));
        json
    }
    let session = Options::new().open_in_memory().unwrap().session(Actor::System);
    let ada = session.add(NewContact::new(Network::BOOK, "Ada", "").identifier("crm", "7")).unwrap().id;
    let people = [
        NewContact::new(Network::BOOK, "Bea", ""),
        NewContact::new(Network::BOOK, "Cid", "").identifier("crm", "7"),
        NewContact::new(Network::BOOK, "c".repeat(300), ""),
    ];
    let mut codes = Vec::new();
    session
        .add_many(people, cardex::contacts::AddManyOptions::new(), |_, outcome| {
            let json = check(&outcome, &outcome.to_report());
            codes.push(json["rejected"]["code"].as_str().unwrap_or("added").to_owned());
        })
        .unwrap();
    assert_eq!(codes, ["added", "duplicate", "invalid"]);
    let patch = ContactPatch::new().company("Acme").phones([cardex::NewPhone::new("none")]);
    let result = session.update(ada, ContactUpdate::new(patch).skip_invalid()).unwrap();
    let json = check(&result, &result.to_report());
    assert_eq!(json["skipped"][0]["error"]["reason"], "not-a-phone");
    let eve = session.directory().add_advisor(cardex::NewAdvisor::new("Eve", "")).unwrap().id;
    let numbers = ["+33612345678", "none"];
    let blocked = numbers
        .map(|text| cardex::blocking::NewBlockedNumber::new(text, cardex::blocking::BlockReason::Spam));
    for outcome in session.blocked_numbers().block(eve, blocked).unwrap() {
        check(&outcome, &outcome.to_report());
    }
    for outcome in session.blocked_numbers().unblock(eve, numbers.map(str::to_owned)).unwrap() {
        check(&outcome, &outcome.to_report());
    }
    session.remove(ada).unwrap();
    let jobs = session.jobs();
    let job = jobs.create(NewJob::new(JobAction::Link { advisor: eve }, Filter::all([]))).unwrap();
    let progress = jobs.run_batch(job.id, 10).unwrap();
    let json = check(&progress, &progress.to_report());
    assert_eq!(json["outcomes"][0]["outcome"], "done");
    let outcome = cardex::jobs::JobOutcome::Rejected(Error::Busy);
    let outcome = check(&outcome, &outcome.to_report());
    assert_eq!(
        (&outcome["rejected"]["code"], &outcome["rejected"]["retryable"]),
        (&json!("busy"), &json!(true))
    );
}
