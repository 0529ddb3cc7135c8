//! Round trips and bad input through the public face.


mod fixtures;
mod import;
mod properties;

use std::io::BufRead;

use crate::fields::Fields;
use crate::read::{looks_like_phone, settle};
use crate::{Format, Reader, Record, WriteOptions, Writer};
use cardex::Error;
use cardex::model::{Contact, ContactId, Email, Network, NewContact, Phone};

fn reader(bytes: &[u8], format: Format) -> Reader<'_, impl BufRead> {
    Reader::new(bytes, format, Network::SMS)
}

/// The contact that a book would make of a record.
fn stored(new: &NewContact) -> (Contact, Option<String>) {
    let mut contact = Contact {
        network: new.network.clone(),
        group: new.group,
        first_name: new.first_name.clone(),
        last_name: new.last_name.clone(),
        display_name: new.display_name.trim().to_owned(),
        nickname: new.nickname.clone(),
        company: new.company.clone(),
        language: new.language.clone(),
        city: new.city.clone(),
        country: new.country.clone(),
        status: new.status,
        phones: new.phones.iter().map(|p| phone(&p.text, &p.label)).collect(),
        emails: new.emails.iter().map(|e| Email { text: e.text.clone(), label: e.label.clone() }).collect(),
        identifiers: new.identifiers.clone(),
        uid: new.uid.clone(),
        ..Contact::empty()
    };
    if contact.display_name.is_empty() {
        contact.display_name = Fields::from(&contact).made();
    }
    (contact, new.card.clone())
}

fn phone(text: &str, label: &str) -> Phone {
    Phone { text: text.to_owned(), normal: text.to_owned(), label: label.to_owned() }
}

fn written(new: &NewContact, format: Format, options: WriteOptions) -> Vec<u8> {
    let (contact, card) = stored(new);
    let mut writer = Writer::new(Vec::new(), format, options);
    writer.write(&contact, card.as_deref()).unwrap();
    writer.finish().unwrap()
}

/// All that a record says, to compare.
fn said(new: &NewContact) -> (String, Option<String>) {
    let mut fields = Fields::from(&stored(new).0);
    if fields.makes(&fields.display_name) {
        fields.display_name = String::new();
    }
    let points = |points: &[crate::fields::Point]| format!("{points:?}");
    let Fields {
        first_name, last_name, display_name, nickname, company, language, city, country, uid, ..
    } = &fields;
    let texts = [first_name, last_name, display_name, nickname, company, language, city, country, uid];
    let identifiers: Vec<_> = fields.identifiers.iter().map(|i| (&i.space, &i.value)).collect();
    let rest = format!("{:?} {:?} {:?} {identifiers:?}", fields.network, fields.group, fields.status);
    (format!("{texts:?} {} {} {rest}", points(&fields.phones), points(&fields.emails)), new.card.clone())
}

fn all(bytes: &[u8], format: Format) -> Vec<Result<Record, Error>> {
    reader(bytes, format).collect()
}

fn one(bytes: &[u8], format: Format) -> NewContact {
    let mut records = all(bytes, format);
    assert_eq!(records.len(), 1);
    records.remove(0).unwrap().contact
}

/// The card of a record as a vCard brings it back. For one that came from a vCard it is the same.
fn settled(new: &NewContact) -> Option<String> {
    settle(&Fields::from(&stored(new).0), new.card.as_deref(), &looks_like_phone)
}

/// Written in every format and read again, a record says the same.
fn assert_round(new: &NewContact) {
    for format in [Format::VCard, Format::JsonLines, Format::Csv] {
        let text = written(new, format, WriteOptions::new());
        let again = one(&text, format);
        let (columns, mut card) = said(new);
        if format == Format::VCard {
            card = settled(new);
        }
        assert_eq!(said(&again), (columns, card), "{format}:\n{}", String::from_utf8_lossy(&text));
    }
    // 3.0 says less, but what it says stays the same from the second time on.
    let text = written(new, Format::VCard, WriteOptions::new().vcard_3(true));
    let second = one(&text, Format::VCard);
    assert_eq!(said(&second).0, said(new).0, "{}", String::from_utf8_lossy(&text));
    let third = one(&written(&second, Format::VCard, WriteOptions::new().vcard_3(true)), Format::VCard);
    assert_eq!(said(&second), said(&third));
}
