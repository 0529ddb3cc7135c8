//! Contacts held against queries: where each stands among the hits, by which key, and what is marked.

use crate::index::analyzer::{AnalyzedContact, ContactTerms, ContactToken, Term};
use crate::index::index_key::TermField;
use crate::index::{Candidate, MatchKind, Query, SearchFields};
use crate::model::{Contact, Email, Field};
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

fn people() -> Vec<Contact> {
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

/// A name as long as a key just holds, and longer ones.
#[test]
fn plain_name_is_a_key_if_it_fits() {
    for rest in 508..516 {
        let contact = contact(&"a".repeat(512), &"b".repeat(rest), "x", "");
        let card = AnalyzedContact::analyze(&contact);
        let texts = card.terms(TermField::FirstName);
        assert!(texts.iter().all(|text| text.len() <= 1_024));
        let only = card.plain_name(TermField::FirstName);
        assert_eq!(only.is_some(), rest < 512, "{rest}");
        assert!(only.is_none_or(|only| only.equals_folded(&texts[0])), "{rest}");
    }
}

/// Two words that touch have no letter in common.
#[test]
fn words_that_touch_do_not_overlap() {
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
    FIELDS.into_iter().flat_map(|shelf| AnalyzedContact::analyze(contact).terms(shelf)).collect()
}

/// What might be typed: the beginnings of what the index has, and what it has not.
fn sample_queries() -> Vec<String> {
    let mut typed: Vec<String> =
        ["berg anna", "anna bergx", "aberg", "ab", "x", "mustr", "jorg oneill", "ivan petrow", "wang xiao"]
            .map(str::to_owned)
            .into();
    for text in people().iter().flat_map(terms) {
        let starts = text.char_indices().map(|(at, _)| text[..at].trim_end().to_owned());
        typed.extend(starts.skip(1).step_by(4).chain([text.clone()]));
    }
    typed.sort_unstable();
    typed.dedup();
    typed
}

#[test]
fn each_contact_is_accepted_at_one_position_only() {
    for text in sample_queries() {
        for (within, typos) in [(SearchFields::Names, false), (SearchFields::Everything, true)] {
            let query = Query::new(&text, within, typos).unwrap();
            for contact in people() {
                let place = query.sort_position(&contact);
                let mut all = terms(&contact);
                all.extend(place.iter().map(|(_, text)| text.clone()));
                all.sort_unstable();
                all.dedup();
                for stage in 0..u8::try_from(query.stages.len()).unwrap() {
                    for text in &all {
                        let candidate = Candidate { stage, text: text.clone(), contact: 1 };
                        let shown = query.verify(&contact, &candidate).is_some();
                        let here = place.as_ref() == Some(&(stage, text.clone()));
                        assert_eq!(shown, here, "{:?} {candidate:?}", contact.display_name);
                    }
                }
            }
        }
    }
}

#[test]
fn a_plain_name_is_compared_without_being_folded() {
    for contact in people() {
        let card = AnalyzedContact::analyze(&contact);
        for shelf in FIELDS {
            let Some(only) = card.plain_name(shelf) else { continue };
            let [text] = card.terms(shelf).try_into().unwrap();
            for other in sample_queries() {
                assert_eq!(only.equals_folded(&other), other == text, "{text:?} {other:?}");
                assert_eq!(only.starts_with_folded(&other), text.starts_with(&other), "{text:?} {other:?}");
            }
        }
        if contact.first_name.starts_with("Anna") {
            assert!(card.plain_name(TermField::FirstName).is_some(), "{:?}", contact.first_name);
        }
        assert!(card.plain_name(TermField::DisplayName).is_none());
    }
}

#[test]
fn dedup_prefix_len_of_each_term() {
    let ranked = FIELDS.into_iter().filter(|shelf| *shelf != TermField::LeadingWord);
    for contact in people() {
        let card = AnalyzedContact::analyze(&contact);
        let keys = ContactTerms::analyze(&contact).0;
        let mut better: Vec<(TermField, String)> = Vec::new();
        for shelf in ranked.clone() {
            let mut own = card.terms(shelf);
            own.sort_unstable();
            own.dedup();
            for text in own {
                let common =
                    |other: &String| other.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
                let most = better.iter().map(|(_, other)| common(other) + 1).max().unwrap_or_default();
                let key =
                    Term { field: shelf, text: text.clone(), dedup_prefix_len: u8::try_from(most).unwrap() };
                assert!(keys.contains(&key), "{key:?} is none of {keys:?}");
                better.push((shelf, text));
            }
        }
    }
}

/// Class, and what is marked.
fn highlighted(contact: &Contact, text: &str) -> (MatchKind, Field, Vec<String>) {
    let query = Query::new(text, SearchFields::Everything, true).unwrap();
    let (stage, text) = query.sort_position(contact).unwrap_or_else(|| panic!("{text:?} finds nobody"));
    let matched = query.verify(contact, &Candidate { stage, text, contact: 1 }).unwrap();
    let piece = |range: &crate::Highlight| {
        let of = match range.field {
            Field::FirstName => &contact.first_name,
            Field::LastName => &contact.last_name,
            Field::Company => &contact.company,
            _ => &contact.display_name,
        };
        of[range.bytes.clone()].to_owned()
    };
    (matched.kind, matched.field, matched.ranges.iter().map(piece).collect())
}

#[test]
fn typed_text_is_highlighted() {
    use MatchKind::{DisplayName, FirstName, Fuzzy, Initials, LastName, Words};
    let people = people();
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
    for (at, text, class, field, pieces) in cases {
        let pieces: Vec<String> = pieces.iter().map(|&piece| piece.to_owned()).collect();
        assert_eq!(highlighted(&people[at], text), (class, field, pieces), "{text:?}");
    }
}

/// A number is held against the names of those alone whose names may have a digit.
#[test]
fn no_letter_of_any_script_is_looked_for_as_a_digit() {
    // Of the many that are alike, Chinese, Korean, Tangut, some.
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
fn digits_in_names_are_found_however_they_are_written() {
    for (name, typed) in [
        ("Area 51", "51"),
        ("51er", "51"),
        ("Ａｒｅａ ５１", "51"),
        ("Saal ②", "2"),
        ("㏨", "9"),
        ("Bau ½", "1"),
    ] {
        let query = Query::new(typed, SearchFields::Everything, false).unwrap();
        for contact in [contact(name, "", "", ""), contact("", name, "", ""), contact("Ann", "", name, name)]
        {
            assert!(query.sort_position(&contact).is_some(), "{name}: {:?}", terms(&contact));
        }
    }
}

/// How much of a text is hidden is what it shares with any better one of the contact, whichever that is.
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
    for contact in people().iter().chain([&odd]) {
        let found = ContactTerms::analyze(contact).0;
        let rank = |text: &Term| RANKED.iter().position(|shelf| *shelf == text.field);
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

/// What the display name adds is found, and names in letters of which two are not one word are not joined.
#[test]
fn words_of_a_display_name_are_found_beside_other_names() {
    let found = |contact: &Contact, text| {
        Query::new(text, SearchFields::Words, false).unwrap().sort_position(contact).is_some()
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
