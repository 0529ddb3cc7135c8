//! Verification of contacts: the position among the hits, the term, and the highlighted ranges.

use crate::index::analyzer::{AnalyzedContact, ContactTerms, ContactToken, Term};
use crate::index::index_key::TermField;
use crate::index::key_range::TermPart;
use crate::index::{Candidate, MatchKind, Query, SearchFields};
use crate::model::{Contact, Email, Field};
use crate::text::phone::PhoneParser;
use crate::text::tokenizer::Token;

fn contact(first: &str, last: &str, display: &str, company: &str) -> Contact {
    Contact {
        first_name: first.into(),
        last_name: last.into(),
        display_name: display.into(),
        company: company.into(),
        ..Contact::new(crate::model::ContactId(1), crate::model::Network::SMS)
    }
}

fn contacts() -> Vec<Contact> {
    [
        ("Anna", "Berg", "Anna Berg", "Acme"),
        ("Anna Maria", "von Berg", "Anna Maria von Berg", ""),
        ("Jörg", "O'Neill-Ærø", "Der Jörg", "Müller & Söhne"),
        ("", "Muster", "Muster", "Muster AG"),
        ("Anna", "", "Anna", ""),
        ("Berg", "Anna", "Anna Berg", ""),
        ("Иван", "Петров", "Иван Петров", ""),
        ("小明", "王", "小明 王", ""),
        ("!!!", "", "!!!", ""),
        ("Annabel", "Bergmann", "annabel bergmann", "Berg Anna"),
        ("Annabel", "Annaxy", "Annabel Annaxy", ""),
        ("Jean-Luc", "d'Arc", "My Jean-Luc", ""),
    ]
    .map(|(first, last, display, company)| contact(first, last, display, company))
    .into()
}

/// The longest name that fits into a key, and longer ones.
#[test]
fn plain_name_is_a_key_if_it_fits() {
    for rest in 508..516 {
        let contact = contact(&"a".repeat(512), &"b".repeat(rest), "x", "");
        let analyzed = AnalyzedContact::analyze(&contact);
        let terms = analyzed.terms(TermField::FirstName);
        assert!(terms.iter().all(|term| term.len() <= 1_024));
        let plain = analyzed.plain_name(TermField::FirstName);
        assert_eq!(plain.is_some(), rest < 512, "{rest}");
        assert!(plain.is_none_or(|plain| plain.equals_folded(&terms[0])), "{rest}");
    }
}

/// Two adjacent words have no letter in common.
#[test]
fn adjacent_words_do_not_overlap() {
    let word = |field, span| ContactToken {
        field,
        token: Token { span, text: String::new(), fold_position: None },
        second_range: None,
    };
    let first = |span| word(Field::FirstName, span);
    assert!(!first(0..3).overlaps(&first(3..6)) && !first(3..6).overlaps(&first(0..3)));
    assert!(first(0..4).overlaps(&first(3..6)) && first(3..6).overlaps(&first(0..4)));
    assert!(!first(0..4).overlaps(&word(Field::LastName, 0..4)));
    let both = ContactToken { second_range: Some((Field::FirstName, 0..2)), ..word(Field::LastName, 0..2) };
    assert!(both.overlaps(&first(1..3)) && first(1..3).overlaps(&both));
}

const FIELDS: [TermField; 7] = [
    TermField::FirstName,
    TermField::LastName,
    TermField::DisplayName,
    TermField::Word,
    TermField::LeadingWord,
    TermField::Initials,
    TermField::Phonetic,
];

fn terms(contact: &Contact) -> Vec<String> {
    FIELDS.into_iter().flat_map(|field| AnalyzedContact::analyze(contact).terms(field)).collect()
}

/// Queries: prefixes of terms in the index, and texts that it does not contain.
fn sample_queries() -> Vec<String> {
    let mut queries: Vec<String> =
        ["berg anna", "anna bergx", "aberg", "ab", "x", "mustr", "jorg oneill", "ivan petrow", "wang xiao"]
            .map(str::to_owned)
            .into();
    for text in contacts().iter().flat_map(terms) {
        let prefixes = text.char_indices().map(|(at, _)| text[..at].trim_end().to_owned());
        queries.extend(prefixes.skip(1).step_by(4).chain([text.clone()]));
    }
    queries.sort_unstable();
    queries.dedup();
    queries
}

#[test]
fn each_contact_is_accepted_at_one_position_only() {
    for text in sample_queries() {
        for (fields, fuzzy) in [(SearchFields::Names, false), (SearchFields::Everything, true)] {
            let query = Query::new(&text, fields, fuzzy, &PhoneParser::default()).unwrap();
            for contact in contacts() {
                let position = query.sort_position(&contact);
                let mut all = terms(&contact);
                all.extend(position.iter().map(|(_, text)| text.clone()));
                all.sort_unstable();
                all.dedup();
                for stage in 0..u8::try_from(query.stages.len()).unwrap() {
                    for text in &all {
                        let candidate = Candidate { stage, text: text.clone(), contact: 1 };
                        let is_hit = query.verify(&contact, &candidate).is_some();
                        let is_position = position.as_ref() == Some(&(stage, text.clone()));
                        assert_eq!(is_hit, is_position, "{:?} {candidate:?}", contact.display_name);
                    }
                }
            }
        }
    }
}

#[test]
fn a_plain_name_compares_like_its_folded_term() {
    for contact in contacts() {
        let analyzed = AnalyzedContact::analyze(&contact);
        for field in FIELDS {
            let Some(plain) = analyzed.plain_name(field) else { continue };
            let [text] = analyzed.terms(field).try_into().unwrap();
            for other in sample_queries() {
                assert_eq!(plain.equals_folded(&other), other == text, "{text:?} {other:?}");
                let starts = |part: TermPart| plain.starts_with_folded(&other, part);
                assert_eq!(starts(TermPart::All), text.starts_with(&other), "{text:?} {other:?}");
                for part in [TermPart::WholeWord, TermPart::LongerWord] {
                    let is_part = text.starts_with(&other) && part.contains(&text, &other);
                    assert!(other.contains(' ') || starts(part) == is_part, "{text:?} {other:?} {part:?}");
                }
            }
        }
        if contact.first_name.starts_with("Anna") {
            assert!(analyzed.plain_name(TermField::FirstName).is_some(), "{:?}", contact.first_name);
        }
        assert!(analyzed.plain_name(TermField::DisplayName).is_none());
    }
}

#[test]
fn dedup_prefix_len_of_each_term() {
    let ranked = FIELDS.into_iter().filter(|field| *field != TermField::LeadingWord);
    for contact in contacts() {
        let analyzed = AnalyzedContact::analyze(&contact);
        let keys = ContactTerms::analyze(&contact).0;
        let mut better: Vec<(TermField, String)> = Vec::new();
        for field in ranked.clone() {
            let mut own = analyzed.terms(field);
            own.sort_unstable();
            own.dedup();
            for text in own {
                let shared_len =
                    |other: &String| other.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
                let most = better.iter().map(|(_, other)| shared_len(other) + 1).max().unwrap_or_default();
                let key = Term { field, text: text.clone(), dedup_prefix_len: u8::try_from(most).unwrap() };
                assert!(keys.contains(&key), "{key:?} is missing in {keys:?}");
                better.push((field, text));
            }
        }
    }
}

/// The kind of match, the field, and the highlighted texts.
fn highlighted(contact: &Contact, text: &str) -> (MatchKind, Field, Vec<String>) {
    let query = Query::new(text, SearchFields::Everything, true, &PhoneParser::default()).unwrap();
    let (stage, text) =
        query.sort_position(contact).unwrap_or_else(|| panic!("{text:?} does not find the contact"));
    let matched = query.verify(contact, &Candidate { stage, text, contact: 1 }).unwrap();
    let highlighted_text = |range: &crate::Highlight| {
        let field = match range.field {
            Field::FirstName => &contact.first_name,
            Field::LastName => &contact.last_name,
            Field::Company => &contact.company,
            _ => &contact.display_name,
        };
        field[range.bytes.clone()].to_owned()
    };
    (matched.kind, matched.field, matched.ranges.iter().map(highlighted_text).collect())
}

#[test]
fn typed_text_is_highlighted() {
    use MatchKind::{DisplayName, FirstName, Fuzzy, Initials, LastName, Words};
    let contacts = contacts();
    let cases: [(usize, &str, MatchKind, Field, &[&str]); 22] = [
        (0, "ann", FirstName, Field::FirstName, &["Ann"]),
        (0, "anna b", FirstName, Field::FirstName, &["Anna", "B"]),
        (0, "berg a", LastName, Field::LastName, &["Berg", "A"]),
        (0, "ac", Words, Field::Company, &["Ac"]),
        (0, "ab", Initials, Field::FirstName, &["A", "B"]),
        (1, "amvb", Initials, Field::FirstName, &["A", "M", "v", "B"]),
        (1, "berg maria", Words, Field::FirstName, &["Berg", "Maria"]),
        (2, "jo", FirstName, Field::FirstName, &["Jö"]),
        (2, "jorg o", FirstName, Field::FirstName, &["Jörg", "O"]),
        (2, "oneillaero jo", LastName, Field::LastName, &["O'Neill-Ærø", "Jö"]),
        (2, "o neill ae", LastName, Field::LastName, &["O'Neill-Æ"]),
        (11, "jean luc d", FirstName, Field::FirstName, &["Jean-Luc", "d"]),
        (11, "jeanluc dar", FirstName, Field::FirstName, &["Jean-Luc", "d'Ar"]),
        (11, "my jeanl", DisplayName, Field::DisplayName, &["My Jean-L"]),
        (11, "my jean l", DisplayName, Field::DisplayName, &["My Jean-L"]),
        (2, "oneill aero jo", LastName, Field::LastName, &["O'Neill-Ærø", "Jö"]),
        (2, "der j", DisplayName, Field::DisplayName, &["Der J"]),
        (2, "aero", Words, Field::LastName, &["Ærø"]),
        (3, "mus", LastName, Field::LastName, &["Mus"]),
        (3, "mutser", Fuzzy, Field::LastName, &["Muster"]),
        (10, "ann anna", Words, Field::FirstName, &["Ann", "Anna"]),
        (7, "wangxiao", Words, Field::LastName, &["王", "小明"]),
    ];
    for (at, text, kind, field, highlights) in cases {
        let highlights: Vec<String> = highlights.iter().map(|&text| text.to_owned()).collect();
        assert_eq!(highlighted(&contacts[at], text), (kind, field, highlights), "{text:?}");
    }
}

/// A query of digits is verified only against names that may contain a digit: no letter may fold to a digit.
#[test]
fn no_letter_folds_to_a_digit() {
    // Only a sample of Chinese, Korean and Tangut letters: there are many, and they behave alike.
    let is_rare = |c: char| {
        c < '\u{3400}' || ('\u{A000}'..'\u{AC00}').contains(&c) || ('\u{FB00}'..'\u{17000}').contains(&c)
    };
    let letters = ('\0'..=char::MAX).filter(|c| c.is_alphabetic());
    let letters: Vec<char> =
        letters.enumerate().filter(|(at, c)| is_rare(*c) || at % 61 == 0).map(|(_, c)| c).collect();
    for name in letters.chunks(8) {
        let name: String = name.iter().collect();
        let spaced: String = name.chars().flat_map(|c| [c, ' ']).collect();
        let found = terms(&contact(&name, "", "", &spaced));
        let with_digit = found.iter().find(|text| text.contains(|c: char| c.is_ascii_digit()));
        assert_eq!(with_digit, None, "{name}");
    }
    assert!(letters.len() > 10_000);
}

#[test]
fn digits_in_names_are_found_in_every_form() {
    for (name, typed) in [
        ("Area 51", "51"),
        ("51er", "51"),
        ("Ａｒｅａ ５１", "51"),
        ("Saal ②", "2"),
        ("㏨", "9"),
        ("Bau ½", "1"),
    ] {
        let query = Query::new(typed, SearchFields::Everything, false, &PhoneParser::default()).unwrap();
        for contact in [contact(name, "", "", ""), contact("", name, "", ""), contact("Ann", "", name, name)]
        {
            assert!(query.sort_position(&contact).is_some(), "{name}: {:?}", terms(&contact));
        }
    }
}

/// `dedup_prefix_len` is the longest prefix shared with any better term of the contact.
#[test]
fn dedup_prefix_len_is_the_prefix_shared_with_better_terms() {
    const RANKED: [TermField; 7] = [
        TermField::FirstName,
        TermField::LastName,
        TermField::DisplayName,
        TermField::Word,
        TermField::Initials,
        TermField::Phonetic,
        TermField::ContactMethod,
    ];
    let mut odd = contact("Jörg Ærøskøbing", "Müller-Lüdenscheidt", "Dr. Jörg Müller", "Müller & Jörgensen");
    odd.nickname = "Mülli".into();
    odd.emails = [Email { text: "joerg@mueller.example".into(), label: String::new() }].into();
    for contact in contacts().iter().chain([&odd]) {
        let found = ContactTerms::analyze(contact).0;
        let rank = |text: &Term| RANKED.iter().position(|field| *field == text.field);
        for text in &found {
            let Some(own) = rank(text) else { continue };
            let better = found.iter().filter(|other| {
                rank(other).is_some_and(|other_rank| (other_rank, &other.text) < (own, &text.text))
            });
            let shared = |other: &Term| {
                other.text.bytes().zip(text.text.bytes()).take_while(|(a, b)| a == b).count() + 1
            };
            let expected = better.map(shared).max().unwrap_or_default();
            assert_eq!(usize::from(text.dedup_prefix_len), expected, "{text:?} of {}", contact.display_name);
        }
    }
}

/// Other words of the display name are found. Latin first and last names are not joined to one word.
#[test]
fn words_of_a_display_name_are_found_beside_other_names() {
    let found = |contact: &Contact, text| {
        Query::new(text, SearchFields::Words, false, &PhoneParser::default())
            .unwrap()
            .sort_position(contact)
            .is_some()
    };
    let brown = contact("Anna", "Berg", "Doc Brown", "");
    for text in ["brown", "doc", "anna", "berg", "berg brown"] {
        assert!(found(&brown, text), "{text}");
    }
    for (first, last) in [("Änna", "Berg"), ("Anna", "Bérg"), ("Änna", "Bérg")] {
        let contact = contact(first, last, &format!("{first} {last}"), "");
        assert!(found(&contact, "berg anna") && !found(&contact, "berganna"), "{first} {last}");
    }
}
