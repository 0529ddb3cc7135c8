//! Hebrew: letters that are one, and Latin typing by consonants.

use super::{Met, check};
use crate::text::fold::fold;
use crate::text::readings::sound;

const FOUND: &[(&str, &str, Met)] = &[
    ("כהן", "cohen", Met::Sound),
    ("כהן", "Kohen", Met::Sound),
    ("לוי", "levi", Met::Sound),
    ("לוי", "Levy", Met::Sound),
    ("לוין", "levin", Met::Sound),
    ("חיים", "chaim", Met::Sound),
    ("חיים", "haim", Met::Sound),
    ("שלום", "shalom", Met::Sound),
    ("שלום", "shal", Met::Sound),
    ("דוד", "david", Met::Sound),
    ("יוסף", "yosef", Met::Sound),
    ("יוסף", "josef", Met::Sound),
    ("יעקב", "yaakov", Met::Sound),
    ("יעקב", "jacob", Met::Sound),
    ("יצחק", "yitzhak", Met::Sound),
    ("יצחק", "itzhak", Met::Sound),
    ("ישראל", "israel", Met::Sound),
    ("מיכאל", "michael", Met::Sound),
    ("רחל", "rachel", Met::Sound),
    ("ברוך", "baruch", Met::Sound),
    ("ברק", "barak", Met::Sound),
    ("שמואל", "shmuel", Met::Sound),
    ("שמואל", "samuel", Met::Sound),
    ("חוה", "chava", Met::Sound),
    ("כץ", "katz", Met::Sound),
    ("צבי", "zvi", Met::Sound),
    ("צבי", "tzvi", Met::Sound),
    ("בן דוד", "ben david", Met::Sound),
    ("ג׳ורג׳", "george", Met::Sound),
    // Of one consonant, and the h that ends the name.
    ("נועה", "noa", Met::Sound),
    ("לאה", "leah", Met::Sound),
    ("לאה", "lea", Met::Sound),
    // Points, final forms half typed, presentation forms, marks between.
    ("שָׁלוֹם", "שלום", Met::Word),
    ("שלומית", "שלום", Met::Word),
    ("אברהם", "אברהמ", Met::Word),
    ("ןמץףך", "נםצפכ", Met::Word),
    ("שׁלום", "שלום", Met::Word),
    ("בן־דוד", "בן דוד", Met::Word),
    ("בן־דוד", "בנדוד", Met::Word),
    ("ג׳ורג׳", "ג'ורג'", Met::Word),
    ("ײִדיש", "יידיש", Met::Word),
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
fn what_is_typed_finds_the_name() {
    check(FOUND, NOT);
}

#[test]
fn sounds_are_consonants() {
    assert_eq!(sound(&fold("כהן")), ["KHN"]);
    assert_eq!(sound(&fold("לוי")), ["LB"]);
    assert_eq!(sound(&fold("שלום")), ["SLM"]);
    assert_eq!(sound(&fold("ברוך")), ["BRH"]);
}
