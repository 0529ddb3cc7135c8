//! Greek: both romanisations, other spellings by phonetic keys, and Latin names typed in Greek.

use super::{FoundBy, check, texts};
use crate::text::readings::{NamePart, query_readings};

const FOUND: &[(&str, &str, FoundBy)] = &[
    ("Γιώργος Παπαδόπουλος", "giorgos papadopoulos", FoundBy::Reading),
    ("Γιώργος Παπαδόπουλος", "yorgos papadopulos", FoundBy::Reading),
    ("Ιωάννης", "ioannis", FoundBy::Reading),
    ("Γιάννης", "giannis", FoundBy::Reading),
    ("Γιάννης", "yannis", FoundBy::Reading),
    ("Γιάννης", "iannis", FoundBy::Phonetic),
    ("Χρήστος", "christos", FoundBy::Reading),
    ("Χρήστος", "hristos", FoundBy::Reading),
    ("Χρήστος", "khristos", FoundBy::Phonetic),
    ("Χρήστος", "xristos", FoundBy::Phonetic),
    ("Βασίλειος", "vasileios", FoundBy::Reading),
    ("Βασίλειος", "vasilios", FoundBy::Reading),
    ("Σοφία", "sofia", FoundBy::Reading),
    ("Σοφία", "sophia", FoundBy::Phonetic),
    ("Φίλιππος", "philippos", FoundBy::Phonetic),
    ("Θεόδωρος", "theodoros", FoundBy::Reading),
    ("Θεόδωρος", "teodoros", FoundBy::Phonetic),
    ("Παύλος", "pavlos", FoundBy::Reading),
    ("Ευτυχία", "eftychia", FoundBy::Reading),
    ("Ευτυχία", "evtihia", FoundBy::Phonetic),
    ("Μπάμπης", "bampis", FoundBy::Reading),
    ("Μπάμπης", "babis", FoundBy::Reading),
    ("Λάμπρος", "lampros", FoundBy::Reading),
    ("Λάμπρος", "lambros", FoundBy::Phonetic),
    ("Αντώνης", "antonis", FoundBy::Reading),
    ("Αντώνης", "andonis", FoundBy::Phonetic),
    ("Γκίκας", "gkikas", FoundBy::Reading),
    ("Γκίκας", "gikas", FoundBy::Reading),
    ("Αγγελική", "angeliki", FoundBy::Reading),
    ("Αγγελική", "aggeliki", FoundBy::Phonetic),
    ("Αλέξανδρος", "alexandros", FoundBy::Reading),
    ("Αλέξανδρος", "aleksandros", FoundBy::Phonetic),
    ("Ψαλτάκης", "psaltakis", FoundBy::Reading),
    ("Αικατερίνη", "aikaterini", FoundBy::Reading),
    ("Αικατερίνη", "ekaterini", FoundBy::Reading),
    ("Αϊβαλιώτης", "aivaliotis", FoundBy::Reading),
    ("Μυταράς", "mytaras", FoundBy::Reading),
    ("Μυταράς", "mitaras", FoundBy::Reading),
    // Latin names typed in Greek.
    ("Giorgos", "γιώργος", FoundBy::Reading),
    ("Yorgos", "Γιώργος", FoundBy::Reading),
    ("Christos", "χρηστ", FoundBy::Reading),
    ("Nikos", "ΝΙΚΟΣ", FoundBy::Reading),
];

const NOT: &[(&str, &str)] =
    &[("Μαρία", "mara"), ("Ελένη", "helena"), ("Γιώργος", "kostas"), ("Nikos", "κώστας"), ("Κώστας", "k o")];

#[test]
fn queries_match_names() {
    check(FOUND, NOT);
}

#[test]
fn readings_are_few() {
    assert_eq!(texts("Ελένη", NamePart::Given), ["eleni"]);
    assert_eq!(texts("Χρήστος", NamePart::Given), ["christos", "hristos"]);
    assert_eq!(query_readings("Νίκος", "νικοσ"), ["nikos"]);
}
