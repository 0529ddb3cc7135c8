//! Tests of substring search.

use std::ops::Range;

use super::*;
use crate::model::{Contact, Email, Field, Identifier, Phone, limits};

fn contact() -> Contact {
    Contact {
        first_name: "Jörg".into(),
        last_name: "O'Neill-Ærø".into(),
        display_name: "Der Jörg".into(),
        nickname: "Jo".into(),
        company: "Müller & Söhne GmbH".into(),
        phones: vec![Phone {
            text: "089 / 12-34".into(),
            normalized: "+49891234".into(),
            label: String::new(),
        }],
        emails: vec![
            Email { text: "x@y".into(), label: String::new() },
            Email { text: "İlk.Öz@Example.COM".into(), label: String::new() },
        ],
        identifiers: vec![Identifier::new("crm", "Ab_100%")],
        ..Contact::new(crate::model::ContactId(1), crate::model::Network::SMS)
    }
}

/// The field and item of a match, and the matched parts of the original fields.
fn found(text: &str) -> Option<(Field, usize, Vec<String>)> {
    let contact = contact();
    let (group, matched) = Needle::new(text).unwrap().find(&contact)?;
    let tokens = Needle::new(text).unwrap().grams(group).unwrap();
    let contact_tokens = grams(&contact);
    assert!(tokens.iter().all(|token| contact_tokens.contains(token)), "{text:?}: {tokens:?}");
    let part = |(field, range): &(Field, Range<usize>)| {
        let original = match field {
            Field::FirstName => &contact.first_name,
            Field::LastName => &contact.last_name,
            Field::DisplayName => &contact.display_name,
            Field::Nickname => &contact.nickname,
            Field::Company => &contact.company,
            Field::Email => &contact.emails[matched.item].text,
            Field::Phone => &contact.phones[matched.item].text,
            _ => &contact.identifiers[matched.item].value,
        };
        original[range.clone()].to_owned()
    };
    Some((matched.field, matched.item, matched.ranges.iter().map(part).collect()))
}

#[test]
fn ranges_of_contained_text() {
    let cases: [(&str, Field, usize, &[&str]); 20] = [
        ("R JO", Field::DisplayName, 0, &["r Jö"]),
        ("orgonei", Field::FirstName, 0, &[]), // not found: see below
        ("org o'n", Field::FirstName, 0, &["örg", "O'N"]),
        ("rg o n", Field::FirstName, 0, &["rg", "O'N"]),
        ("neillaero", Field::LastName, 0, &["Neill-Ærø"]),
        ("ll-a", Field::LastName, 0, &["ll-Æ"]),
        ("ll ae", Field::LastName, 0, &["ll-Æ"]),
        ("er & so", Field::Company, 0, &["er & Sö"]),
        ("gmbh", Field::Company, 0, &["GmbH"]),
        ("öz@ex", Field::Email, 1, &["Öz@Ex"]),
        ("@y", Field::Email, 0, &["@y"]),
        (".co", Field::Email, 1, &[".CO"]),
        ("i\u{307}LK", Field::Email, 1, &["İlk"]),
        ("912", Field::Phone, 0, &["9 / 12"]),
        ("0 89-1", Field::Phone, 0, &["089 / 1"]),
        ("+4989", Field::Phone, 0, &[]),
        ("\u{662}\u{663}", Field::Phone, 0, &["2-3"]),
        ("b_1", Field::Identifier, 0, &["b_1"]),
        ("0%", Field::Identifier, 0, &["0%"]),
        (" Ab_ ", Field::Identifier, 0, &["Ab_"]),
    ];
    for (text, field, item, parts) in cases {
        if text == "orgonei" {
            assert_eq!(found(text), None);
            continue;
        }
        let parts = parts.iter().map(|part| (*part).to_owned()).collect();
        assert_eq!(found(text), Some((field, item, parts)), "{text:?}");
    }
}

#[test]
fn text_that_is_not_contained() {
    for text in ["ab_", "B_1", "100_", "1%0", "+12", "4+9", "12a", "öz ex", "\0", "%", "*", "x y", "ex*"] {
        let hit = found(text);
        // A sign alone can only match in the identifier. No sign is a wildcard.
        assert!(
            hit.is_none() || (text == "%" && hit.as_ref().unwrap().0 == Field::Identifier),
            "{text:?}: {hit:?}"
        );
    }
}

#[test]
fn rejected_texts() {
    for text in ["", " ", "\t\u{3000}\n"] {
        assert!(Needle::new(text).is_err(), "{text:?}");
    }
    assert!(Needle::new(&"a".repeat(limits::QUERY)).is_ok());
    assert!(Needle::new(&"a".repeat(limits::QUERY + 1)).is_err());
}

#[test]
fn grams_have_no_fts_syntax() {
    let signs: String = (0..128_u8).map(char::from).collect();
    let mut contact = contact();
    contact.identifiers = vec![Identifier::new("", signs.clone())];
    for token in
        grams(&contact).iter().chain(&Needle::new(&signs).unwrap().grams(SubstringField::Identifier).unwrap())
    {
        assert!(
            token.chars().all(|c| !c.is_ascii() || c.is_ascii_lowercase() || c.is_ascii_digit()),
            "{token:?}"
        );
    }
}

#[test]
fn long_text_uses_few_grams() {
    let text: String = (0..100).map(|i| char::from(b'a' + i % 26)).collect();
    let tokens = Needle::new(&text).unwrap().grams(SubstringField::Name).unwrap();
    assert!((8..=MAX_QUERY_GRAMS).contains(&tokens.len()), "{tokens:?}");
    assert!(tokens.contains(&"nabc".to_owned()));
}

const MAX_QUERY_GRAMS: usize = 12;
