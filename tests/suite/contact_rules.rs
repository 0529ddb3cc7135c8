//! Rules of contacts: limits, networks, unusual names.

use crate::support::{found, new, open_store};
use cardex::{Error, Field, Network, NewAdvisor, NewContact, NewPhone, ValidationError, limits};

pub(crate) type Build = fn(NewContact, String) -> NewContact;

/// The limits of a contact, each exceeded by one, with the reported field.
#[test]
fn limits_hold_at_and_one_past() {
    let (_store, session) = open_store();
    let text = |length: usize| "é".repeat(length);
    let fields: [(Field, usize, Build); 10] = [
        (Field::DisplayName, limits::NAME, |new, text| new.display_name(text)),
        (Field::Nickname, limits::NAME, |new, text| new.nickname(text)),
        (Field::Company, limits::COMPANY, |new, text| new.company(text)),
        (Field::Language, limits::LANGUAGE, |new, text| new.language(text)),
        (Field::City, limits::PLACE_NAME, |new, text| new.city(text)),
        (Field::Country, limits::PLACE_NAME, |new, text| new.country(text)),
        (Field::Uid, limits::UID, |new, text| new.uid(text)),
        (Field::Identifier, limits::IDENTIFIER, |new, text| new.identifier("", text)),
        (Field::Identifier, limits::IDENTIFIER, |new, text| new.identifier(text, "x")),
        (Field::Phone, limits::NAME, |new, text| new.phone(NewPhone::new("1234567").label(text))),
    ];
    let refused = |result: cardex::Result<cardex::Contact>| match result {
        Err(Error::Invalid { field, reason: problem }) => (field, problem),
        other => panic!("invalid, not {other:?}"),
    };
    for (field, limit, build) in fields {
        let id = session.add(build(new("A", "B"), text(limit))).unwrap().id;
        session.purge(id).unwrap();
        assert_eq!(
            refused(session.add(build(new("A", "B"), text(limit + 1)))),
            (field, ValidationError::TooLong { limit })
        );
    }
    for (first, last, field) in [(1, 0, Field::FirstName), (0, 1, Field::LastName)] {
        session.add(new(&text(limits::NAME), &text(limits::NAME))).unwrap();
        let long = new(&text(limits::NAME + first), &text(limits::NAME + last));
        assert_eq!(refused(session.add(long)), (field, ValidationError::TooLong { limit: limits::NAME }));
    }
    let address = |length: usize| format!("{}@b", "a".repeat(length - 2));
    session.add(new("A", "B").email(address(limits::EMAIL))).unwrap();
    let long = ValidationError::TooLong { limit: limits::EMAIL };
    assert_eq!(refused(session.add(new("A", "B").email(address(limits::EMAIL + 1)))), (Field::Email, long));
    let number = |length: usize| format!("{:>length$}", "+33612345678");
    session.add(new("A", "B").phone(number(limits::PHONE))).unwrap();
    let long = ValidationError::TooLong { limit: limits::PHONE };
    assert_eq!(refused(session.add(new("A", "B").phone(number(limits::PHONE + 1)))), (Field::Phone, long));
    let many = |count: usize| (0..count).fold(new("A", "B"), |new, i| new.email(format!("a{i}@b")));
    assert_eq!(session.add(many(limits::CONTACT_METHODS)).unwrap().emails.len(), limits::CONTACT_METHODS);
    let most = ValidationError::TooMany { limit: limits::CONTACT_METHODS };
    assert_eq!(refused(session.add(many(limits::CONTACT_METHODS + 1))), (Field::Email, most));
    let card = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
    session.add(new("A", "B").card(card(limits::CARD))).unwrap();
    let long = ValidationError::TooLong { limit: limits::CARD };
    assert_eq!(refused(session.add(new("A", "B").card(card(limits::CARD + 1)))), (Field::Card, long));
    let one = session.directory().add_advisor(NewAdvisor::new("A", "B")).unwrap().id;
    let advisors = (0..=limits::ADVISORS).fold(new("A", "B"), |new, _| new.advisor(one));
    let most = ValidationError::TooMany { limit: limits::ADVISORS };
    assert_eq!(refused(session.add(advisors)), (Field::Advisors, most));
    let origin = |length| session.clone().origin(text(length)).add(new("A", "B"));
    origin(limits::ORIGIN).unwrap();
    assert_eq!(
        refused(origin(limits::ORIGIN + 1)),
        (Field::Origin, ValidationError::TooLong { limit: limits::ORIGIN })
    );
    assert!(Network::new(&"N".repeat(limits::NETWORK_CODE)).is_ok());
    assert!(Network::new(&"N".repeat(limits::NETWORK_CODE + 1)).is_err());
    session.directory().add_tenant(&text(limits::NAME)).unwrap();
    assert_eq!(session.directory().add_tenant(&text(limits::NAME + 1)).unwrap_err().code(), "invalid");
    assert_eq!(session.directory().add_group(&text(limits::NAME + 1)).unwrap_err().code(), "invalid");
    assert_eq!(
        session.directory().add_advisor(NewAdvisor::new(text(limits::NAME + 1), "")).unwrap_err().code(),
        "invalid"
    );
}

#[test]
fn rules_of_a_contact() {
    let (_store, session) = open_store();
    let refused = |new: NewContact| match session.add(new).unwrap_err() {
        Error::Invalid { field, reason: problem } => (field, problem),
        other => panic!("{other:?}"),
    };
    let required = |on| ValidationError::Required { network: on };
    assert_eq!(refused(new(" ", "")), (Field::Name, required(None)));
    let whatsapp = || NewContact::new(Network::WHATSAPP, "Ada", "Ash");
    assert_eq!(refused(whatsapp().email("a@b")), (Field::Company, required(Some(Network::WHATSAPP))));
    assert_eq!(refused(whatsapp().company("Acme")), (Field::Email, required(Some(Network::WHATSAPP))));
    session.add(whatsapp().company("Acme").email("a@b")).unwrap();
    assert_eq!(refused(new("A", "B").phone("call me")), (Field::Phone, ValidationError::NotAPhone));
    assert_eq!(refused(new("A", "B").email("a b@c")), (Field::Email, ValidationError::NotAnEmail));
    assert_eq!(refused(new("A", "B").identifier("crm", " ")), (Field::Identifier, required(None)));
    for card in ["[]", "{", "{} {}", "null"] {
        assert_eq!(refused(new("A", "B").card(card)).0, Field::Card, "{card:?}");
    }
    let unknown = Network::new("NOPE").unwrap();
    assert_eq!(session.add(NewContact::new(unknown, "A", "B")).unwrap_err().code(), "no-network");
    for (new, name) in [
        (new("", "").company("Acme"), "Acme"),
        (new("", "").phone("+33612345678"), "+33612345678"),
        (new("", "").identifier("crm", "77"), "77"),
        (new("", "").nickname("Nick").company("Acme"), "Nick"),
        (new("", "Solo"), "Solo"),
        (new("Ada", "Ash").display_name("The Ada"), "The Ada"),
    ] {
        let added = session.add(new).unwrap();
        assert_eq!(added.display_name, name);
        assert_eq!(session.search(name).page().unwrap().items[0].contact.id, added.id, "{name}");
    }
}

/// One rule for every way to write: a line break or a control character is a blank, and an invisible name is none.
#[test]
fn texts_of_one_line() {
    let (_store, session) = open_store();
    let ada = session.add(new("Ada\r\nKing", "\0Byron").company("A\tB").email(" a@b.org ")).unwrap();
    assert_eq!((ada.first_name.as_str(), ada.last_name.as_str()), ("Ada King", "Byron"));
    assert_eq!((ada.company.as_str(), ada.emails[0].text.as_str()), ("A B", "a@b.org"));
    let ada = session.edit(ada.id, cardex::ContactPatch::new().first_name("A\u{2028}da")).unwrap();
    assert_eq!(ada.first_name, "A da");
    for invisible in ["\u{200B}", "\u{202E}", "\0", "\u{3164}", "\u{FEFF}", "\n", "\u{E0041}"] {
        let error = session.add(new(invisible, "")).unwrap_err();
        assert!(
            matches!(error, Error::Invalid { field: Field::Name, reason: ValidationError::Required { .. } }),
            "{invisible:?}: {error}"
        );
        let tag = session.tags().add(cardex::tags::TagPatch::new().name(invisible));
        assert_eq!(tag.unwrap_err().code(), "invalid", "{invisible:?}");
    }
    let error = session.add(new("A", "").identifier("crm", "a\nb")).unwrap_err();
    assert!(matches!(error, Error::Invalid { field: Field::Identifier, .. }), "{error}");
}

#[test]
fn awkward_names() {
    let (store, session) = open_store();
    let names = [
        "\u{0}",
        "a\u{0}b",
        "\u{301}",
        "🙂",
        "ﷺ",
        "İ",
        "ß",
        "ẞ",
        "ŉ",
        "\u{200D}",
        "\u{202E}abc",
        "ᄀ",
        "か\u{3099}",
        "…",
        "%",
        "_",
        "'",
        "\"",
        "\\",
        "a\nb",
        "\u{10FFFF}",
        "ﬃ",
        "Ǆ",
        "𝔄",
        "１",
        "ⅷ",
        "ά",
        "й",
    ];
    for name in names {
        for (first, last) in [(name, ""), ("", name), (name, name)] {
            if session.add(new(first, last)).is_err() {
                assert!(["\u{0}", "\u{200D}"].contains(&name), "{name:?} is visible");
            }
        }
    }
    // Long names: the key is truncated, and the contact is found by the rest.
    for long in ["ﷺ", "a", "漢", "é"] {
        session.add(new(&long.repeat(255), &long.repeat(255))).unwrap();
    }
    let all_contacts = session.contacts().limit(1_000).page().unwrap().items;
    assert_eq!(found(&session, "").len(), all_contacts.len(), "an empty text finds everybody");
    for contact in &all_contacts {
        for text in [&contact.first_name, &contact.last_name, &contact.display_name] {
            let text: String = text.chars().take(10).collect();
            let hits: Vec<_> =
                session.search(text.as_str()).limit(1_000).iter().map(Result::unwrap).collect();
            assert!(hits.is_empty() || hits.iter().any(|hit| hit.contact.id == contact.id), "{text:?}");
            for hit in hits {
                for range in hit.matched.ranges {
                    let text = match range.field {
                        Field::FirstName => &hit.contact.first_name,
                        Field::LastName => &hit.contact.last_name,
                        _ => &hit.contact.display_name,
                    };
                    assert!(text.get(range.bytes).is_some(), "a range of the field");
                }
            }
        }
    }
    assert!(store.check().unwrap().is_ok());
    store.rebuild_index().unwrap();
    assert!(store.check().unwrap().is_ok());
}
