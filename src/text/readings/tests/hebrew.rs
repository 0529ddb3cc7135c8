//! Hebrew: interchangeable letters, and Latin queries by consonants.

use super::{FoundBy, check};
use crate::text::fold::fold;
use crate::text::readings::phonetic_keys;

const FOUND: &[(&str, &str, FoundBy)] = &[
    ("כהן", "cohen", FoundBy::Phonetic),
    ("כהן", "Kohen", FoundBy::Phonetic),
    ("לוי", "levi", FoundBy::Phonetic),
    ("לוי", "Levy", FoundBy::Phonetic),
    ("לוין", "levin", FoundBy::Phonetic),
    ("חיים", "chaim", FoundBy::Phonetic),
    ("חיים", "haim", FoundBy::Phonetic),
    ("שלום", "shalom", FoundBy::Phonetic),
    ("שלום", "shal", FoundBy::Phonetic),
    ("דוד", "david", FoundBy::Phonetic),
    ("יוסף", "yosef", FoundBy::Phonetic),
    ("יוסף", "josef", FoundBy::Phonetic),
    ("יעקב", "yaakov", FoundBy::Phonetic),
    ("יעקב", "jacob", FoundBy::Phonetic),
    ("יצחק", "yitzhak", FoundBy::Phonetic),
    ("יצחק", "itzhak", FoundBy::Phonetic),
    ("ישראל", "israel", FoundBy::Phonetic),
    ("מיכאל", "michael", FoundBy::Phonetic),
    ("רחל", "rachel", FoundBy::Phonetic),
    ("ברוך", "baruch", FoundBy::Phonetic),
    ("ברק", "barak", FoundBy::Phonetic),
    ("שמואל", "shmuel", FoundBy::Phonetic),
    ("שמואל", "samuel", FoundBy::Phonetic),
    ("חוה", "chava", FoundBy::Phonetic),
    ("כץ", "katz", FoundBy::Phonetic),
    ("צבי", "zvi", FoundBy::Phonetic),
    ("צבי", "tzvi", FoundBy::Phonetic),
    ("בן דוד", "ben david", FoundBy::Phonetic),
    ("ג׳ורג׳", "george", FoundBy::Phonetic),
    // One consonant, and a final h.
    ("נועה", "noa", FoundBy::Phonetic),
    ("לאה", "leah", FoundBy::Phonetic),
    ("לאה", "lea", FoundBy::Phonetic),
    // Points, incomplete final forms, presentation forms, marks between letters.
    ("שָׁלוֹם", "שלום", FoundBy::Word),
    ("שלומית", "שלום", FoundBy::Word),
    ("אברהם", "אברהמ", FoundBy::Word),
    ("ןמץףך", "נםצפכ", FoundBy::Word),
    ("שׁלום", "שלום", FoundBy::Word),
    ("בן־דוד", "בן דוד", FoundBy::Word),
    ("בן־דוד", "בנדוד", FoundBy::Word),
    ("ג׳ורג׳", "ג'ורג'", FoundBy::Word),
    ("ײִדיש", "יידיש", FoundBy::Word),
];

const NOT: &[(&str, &str)] = &[
    ("כהן", "levi"),
    ("כהן", "c"),
    ("כהן", "co"),
    ("לוי", "le"),
    ("שלום", "solomon x"),
    ("Cohen", "כהן"),
    ("חיים", "miriam"),
];

#[test]
fn queries_match_names() {
    check(FOUND, NOT);
}

#[test]
fn phonetic_keys_are_consonants() {
    assert_eq!(phonetic_keys(&fold("כהן")), ["KHN"]);
    assert_eq!(phonetic_keys(&fold("לוי")), ["LB"]);
    assert_eq!(phonetic_keys(&fold("שלום")), ["SLM"]);
    assert_eq!(phonetic_keys(&fold("ברוך")), ["BRH"]);
}
