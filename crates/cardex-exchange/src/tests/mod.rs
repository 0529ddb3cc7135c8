//! Round trips and invalid input through the public interface.

mod bounded;
mod fixtures;
mod import;
mod plan;
mod properties;

use std::io::BufRead;

use crate::document::card_after_round_trip;
use crate::fields::{ContactFields, looks_like_phone};
use crate::{Format, Reader, Record, WriteOptions, Writer};
use cardex::Error;
use cardex::contacts::PlainField;
use cardex::tags::Tag;
use cardex::{Contact, ContactId, Email, Network, NewContact, Phone};

fn reader(bytes: &[u8], format: Format) -> Reader<'_, impl BufRead> {
    Reader::new(bytes, format, Network::SMS)
}

/// The contact that a store would create from a record.
fn contact_as_stored(new: &NewContact) -> (Contact, Option<String>) {
    let mut contact = Contact::new(ContactId(1), new.network.clone());
    contact.group = new.group;
    for field in PlainField::ALL {
        contact = contact.with_text(field, new.text(field).trim());
    }
    contact.status = new.status;
    contact.phones = new.phones.iter().map(|p| phone(&p.text, &p.label)).collect();
    contact.emails = new.emails.iter().map(|e| email(&e.text, &e.label)).collect();
    contact.identifiers.clone_from(&new.identifiers);
    if contact.display_name.is_empty() {
        contact.display_name = ContactFields::from(&contact).default_display_name();
    }
    (contact, new.card.clone())
}

fn phone(text: &str, label: &str) -> Phone {
    let mut phone = Phone::new(text, text);
    label.clone_into(&mut phone.label);
    phone
}

fn email(text: &str, label: &str) -> Email {
    let mut email = Email::new(text);
    label.clone_into(&mut email.label);
    email
}

/// The settings of property tests: the same cases on every run; `PROPTEST_CASES` and `CARDEX_SEED` override them.
fn cases(few: u32) -> proptest::test_runner::Config {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    proptest::test_runner::Config {
        cases: number("PROPTEST_CASES").map_or(few, |cases| u32::try_from(cases).unwrap()),
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(number("CARDEX_SEED").unwrap_or(1)),
        max_shrink_iters: 2_000,
        ..proptest::test_runner::Config::default()
    }
}

fn written(new: &NewContact, format: Format, options: WriteOptions) -> Vec<u8> {
    let (contact, card) = contact_as_stored(new);
    let mut writer = Writer::new(Vec::new(), format, options);
    let tags: Vec<Tag> = new.tags.iter().map(|name| tag(name)).collect();
    writer.write_full(&contact, card.as_deref(), &tags, &[]).unwrap();
    writer.finish().unwrap()
}

fn tag(name: &str) -> Tag {
    serde_json::from_value(serde_json::json!({ "id": "1", "name": name, "contacts": 1 })).unwrap()
}

/// All data of a record, to compare.
fn record_content(new: &NewContact) -> (String, Option<String>) {
    let mut fields = ContactFields::from(&contact_as_stored(new).0);
    fields.drop_default_display_name();
    let methods = |methods: &[crate::fields::ContactMethod]| format!("{methods:?}");
    let texts: Vec<_> = PlainField::ALL.into_iter().map(|field| fields.text(field)).collect();
    let identifiers: Vec<_> = fields.identifiers.iter().map(|i| (&i.namespace, &i.value)).collect();
    let rest = format!("{:?} {:?} {:?} {identifiers:?}", fields.network, fields.group, fields.status);
    (format!("{texts:?} {} {} {rest}", methods(&fields.phones), methods(&fields.emails)), new.card.clone())
}

fn all(bytes: &[u8], format: Format) -> Vec<Result<Record, Error>> {
    reader(bytes, format).collect()
}

fn one(bytes: &[u8], format: Format) -> NewContact {
    let mut records = all(bytes, format);
    assert_eq!(records.len(), 1);
    records.remove(0).unwrap().contact
}

/// The card of a record after a round trip through vCard. For a record from a vCard it is the same.
fn card_after_vcard_round_trip(new: &NewContact) -> Option<String> {
    card_after_round_trip(
        &ContactFields::from(&contact_as_stored(new).0),
        new.card.as_deref(),
        &looks_like_phone,
    )
}

/// Checks that a record is the same after writing it in every format and reading it again.
fn assert_round_trip(new: &NewContact) {
    for format in [Format::VCard, Format::JsonLines, Format::Csv] {
        let text = written(new, format, WriteOptions::new());
        let again = one(&text, format);
        let (columns, mut card) = record_content(new);
        if format == Format::VCard {
            card = card_after_vcard_round_trip(new);
        }
        assert_eq!(record_content(&again), (columns, card), "{format}:\n{}", String::from_utf8_lossy(&text));
    }
    // 3.0 loses data, but is stable from the second round trip on.
    let text = written(new, Format::VCard, WriteOptions::new().vcard_3(true));
    let second = one(&text, Format::VCard);
    assert_eq!(record_content(&second).0, record_content(new).0, "{}", String::from_utf8_lossy(&text));
    let third = one(&written(&second, Format::VCard, WriteOptions::new().vcard_3(true)), Format::VCard);
    assert_eq!(record_content(&second), record_content(&third));
}
