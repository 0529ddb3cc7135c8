//! Devanagari, Bengali and Khmer.

use super::{FoundBy, check, texts};
use crate::text::readings::NamePart;

const FOUND: &[(&str, &str, FoundBy)] = &[
    ("कुमार", "kumar", FoundBy::Reading),
    ("यादव", "yadav", FoundBy::Reading),
    ("सिंह", "singh", FoundBy::Reading),
    ("शर्मा", "sharma", FoundBy::Reading),
    ("श्रेष्ठ", "shrestha", FoundBy::Phonetic),
    ("चौधरी", "chaudhary", FoundBy::Phonetic),
    ("चौधरी", "choudhury", FoundBy::Phonetic),
    ("विश्वकर्मा", "bishwakarma", FoundBy::Phonetic),
    ("विश्वकर्मा", "vishwakarma", FoundBy::Reading),
    ("लक्ष्मी", "lakshmi", FoundBy::Reading),
    ("लक्ष्मी", "laxmi", FoundBy::Phonetic),
    ("अनिल कपूर", "anil kapoor", FoundBy::Phonetic),
    ("पूजा", "pooja", FoundBy::Phonetic),
    ("प्रकाश", "prakash", FoundBy::Reading),
    ("राजेन्द्र", "rajendra", FoundBy::Reading),
    ("Kumar", "कुमार", FoundBy::Reading),
    ("मकान १२", "12", FoundBy::Word),
    ("রহমান", "rahman", FoundBy::Reading),
    ("ইসলাম", "islam", FoundBy::Reading),
    ("হোসেন", "hossain", FoundBy::Phonetic),
    ("আক্তার", "akter", FoundBy::Phonetic),
    ("ঘর ১২", "12", FoundBy::Word),
    ("សុខ", "sok", FoundBy::Reading),
    ("គឹម", "kim", FoundBy::Reading),
    ("ប៉ែន", "pen", FoundBy::Reading),
    ("តាំង", "tang", FoundBy::Reading),
    ("ទី", "ty", FoundBy::Phonetic),
    ("ផ្ទះ ១២", "12", FoundBy::Word),
];

const NOT: &[(&str, &str)] = &[("कुमार", "sharma"), ("कुमार", "umar"), ("রহমান", "islam"), ("សុខ", "kim")];

#[test]
fn queries_match_names() {
    check(FOUND, NOT);
}

#[test]
fn a_silent_a_is_dropped() {
    for (name, reading) in [
        ("राम", "ram"),
        ("कमल", "kamal"),
        ("कमला", "kamla"),
        ("महर्जन", "maharjan"),
        ("मोहन", "mohan"),
        ("श्रेष्ठ", "shreshtha"),
        ("तामाङ", "tamang"),
        ("গীতা", "gita"),
    ] {
        assert_eq!(texts(name, NamePart::Given), [reading], "{name}");
    }
}

#[test]
fn text_that_is_not_a_word_has_no_reading() {
    for name in ["\u{94D}", "\u{903}\u{93E}", "ॐ", "\u{17D2}", "\u{17CB}"] {
        assert_eq!(texts(name, NamePart::Given), [""; 0], "{name:?}");
    }
}
