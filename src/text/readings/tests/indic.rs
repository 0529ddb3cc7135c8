//! Devanagari, Bengali and Khmer.

use super::{Met, check, texts};
use crate::text::readings::Part;

const FOUND: &[(&str, &str, Met)] = &[
    ("कुमार", "kumar", Met::Reading),
    ("यादव", "yadav", Met::Reading),
    ("सिंह", "singh", Met::Reading),
    ("शर्मा", "sharma", Met::Reading),
    ("श्रेष्ठ", "shrestha", Met::Sound),
    ("चौधरी", "chaudhary", Met::Sound),
    ("चौधरी", "choudhury", Met::Sound),
    ("विश्वकर्मा", "bishwakarma", Met::Sound),
    ("विश्वकर्मा", "vishwakarma", Met::Reading),
    ("लक्ष्मी", "lakshmi", Met::Reading),
    ("लक्ष्मी", "laxmi", Met::Sound),
    ("अनिल कपूर", "anil kapoor", Met::Sound),
    ("पूजा", "pooja", Met::Sound),
    ("प्रकाश", "prakash", Met::Reading),
    ("राजेन्द्र", "rajendra", Met::Reading),
    ("Kumar", "कुमार", Met::Reading),
    ("मकान १२", "12", Met::Word),
    ("রহমান", "rahman", Met::Reading),
    ("ইসলাম", "islam", Met::Reading),
    ("হোসেন", "hossain", Met::Sound),
    ("আক্তার", "akter", Met::Sound),
    ("ঘর ১২", "12", Met::Word),
    ("សុខ", "sok", Met::Reading),
    ("គឹម", "kim", Met::Reading),
    ("ប៉ែន", "pen", Met::Reading),
    ("តាំង", "tang", Met::Reading),
    ("ទី", "ty", Met::Sound),
    ("ផ្ទះ ១២", "12", Met::Word),
];

const NOT: &[(&str, &str)] = &[("कुमार", "sharma"), ("कुमार", "umar"), ("রহমান", "islam"), ("សុខ", "kim")];

#[test]
fn what_is_typed_finds_the_name() {
    check(FOUND, NOT);
}

#[test]
fn the_unspoken_a_is_left_out() {
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
        assert_eq!(texts(name, Part::Given), [reading], "{name}");
    }
}

#[test]
fn what_is_no_word_has_no_reading() {
    for name in ["\u{94D}", "\u{903}\u{93E}", "ॐ", "\u{17D2}", "\u{17CB}"] {
        assert_eq!(texts(name, Part::Given), [""; 0], "{name:?}");
    }
}
