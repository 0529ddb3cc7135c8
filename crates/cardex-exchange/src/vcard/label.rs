//! Words of labels: which of them are types of vCard, in the spellings of the large programs.

/// Type words of labels, in the order in which a label has them.
const WORDS: [&str; 9] = ["cell", "work", "home", "main", "other", "car", "pager", "video", "fax"];

/// Types that say nothing about which phone or address it is.
const NOISE: [&str; 20] = [
    "voice",
    "pref",
    "internet",
    "text",
    "textphone",
    "msg",
    "isdn",
    "bbs",
    "modem",
    "pcs",
    "x400",
    "dom",
    "intl",
    "postal",
    "parcel",
    "aol",
    "default",
    "email",
    "phone",
    "tel",
];

/// Other spellings of type words.
const SYNONYMS: [(&str, &str); 30] = [
    ("mobile", "cell"),
    ("cellular", "cell"),
    ("mobil", "cell"),
    ("handy", "cell"),
    ("movil", "cell"),
    ("móvil", "cell"),
    ("portable", "cell"),
    ("cellulare", "cell"),
    ("celular", "cell"),
    ("телефон", "cell"),
    ("business", "work"),
    ("office", "work"),
    ("arbeit", "work"),
    ("geschäftlich", "work"),
    ("bureau", "work"),
    ("travail", "work"),
    ("trabajo", "work"),
    ("lavoro", "work"),
    ("werk", "work"),
    ("рабочий", "work"),
    ("personal", "home"),
    ("private", "home"),
    ("privat", "home"),
    ("domicile", "home"),
    ("casa", "home"),
    ("thuis", "home"),
    ("домашний", "home"),
    ("primary", "main"),
    ("beeper", "pager"),
    ("telefax", "fax"),
];

/// Whether a type word says nothing about which phone or address it is.
pub(crate) fn is_noise(word: &str) -> bool {
    NOISE.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// A type as people read it: without the prefix of private types.
pub(crate) fn spoken_type(word: &str) -> &str {
    let bare = word.split_at_checked(2).filter(|(start, _)| start.eq_ignore_ascii_case("x-"));
    bare.map_or(word, |(_, rest)| rest)
}

/// The label in type words, if it consists of nothing else: `WORK;VOICE;PREF` is `work`, `HomeFAX` is `home fax`. It is empty if no word
/// says which phone or address it is. `None` for other labels.
pub(crate) fn known_label(label: &str) -> Option<String> {
    let mut words = Vec::new();
    for word in label.split([';', ',', ' ', '/']).map(str::trim).filter(|word| !word.is_empty()) {
        let lower = spoken_type(word).to_lowercase();
        let (lower, is_fax) = match lower.strip_suffix("fax") {
            Some(rest) if !rest.is_empty() && rest != "tele" => (rest.trim_end_matches('-').to_owned(), true),
            _ => (lower, false),
        };
        let word =
            SYNONYMS.iter().find(|(other, _)| *other == lower).map_or(lower.as_str(), |(_, word)| word);
        match WORDS.iter().find(|known| **known == word) {
            Some(known) => words.push(*known),
            None if is_noise(word) => {}
            None => return None,
        }
        if is_fax {
            words.push("fax");
        }
    }
    let found: Vec<&str> = WORDS.into_iter().filter(|word| words.contains(word)).collect();
    Some(found.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_types_are_type_words() {
        for (label, expected) in [
            ("VOICE", Some("")),
            ("WORK;VOICE;PREF", Some("work")),
            ("PREF;CELL", Some("cell")),
            ("Work Fax", Some("work fax")),
            ("HomeFAX", Some("home fax")),
            ("Mobile", Some("cell")),
            ("Telefax", Some("fax")),
            ("Assistant", None),
            ("my work", None),
            ("", Some("")),
        ] {
            assert_eq!(known_label(label).as_deref(), expected, "{label}");
        }
        assert_eq!(
            (spoken_type("X-Cottage"), spoken_type("cell"), spoken_type("é")),
            ("Cottage", "cell", "é")
        );
    }
}
