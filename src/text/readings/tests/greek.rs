//! Greek: by passport and by ear, the rest by sound; and Latin names typed in Greek.

use super::{Met, check, texts};
use crate::text::readings::{Part, typed};

const FOUND: &[(&str, &str, Met)] = &[
    ("Γιώργος Παπαδόπουλος", "giorgos papadopoulos", Met::Reading),
    ("Γιώργος Παπαδόπουλος", "yorgos papadopulos", Met::Reading),
    ("Ιωάννης", "ioannis", Met::Reading),
    ("Γιάννης", "giannis", Met::Reading),
    ("Γιάννης", "yannis", Met::Reading),
    ("Γιάννης", "iannis", Met::Sound),
    ("Χρήστος", "christos", Met::Reading),
    ("Χρήστος", "hristos", Met::Reading),
    ("Χρήστος", "khristos", Met::Sound),
    ("Χρήστος", "xristos", Met::Sound),
    ("Βασίλειος", "vasileios", Met::Reading),
    ("Βασίλειος", "vasilios", Met::Reading),
    ("Σοφία", "sofia", Met::Reading),
    ("Σοφία", "sophia", Met::Sound),
    ("Φίλιππος", "philippos", Met::Sound),
    ("Θεόδωρος", "theodoros", Met::Reading),
    ("Θεόδωρος", "teodoros", Met::Sound),
    ("Παύλος", "pavlos", Met::Reading),
    ("Ευτυχία", "eftychia", Met::Reading),
    ("Ευτυχία", "evtihia", Met::Sound),
    ("Μπάμπης", "bampis", Met::Reading),
    ("Μπάμπης", "babis", Met::Reading),
    ("Λάμπρος", "lampros", Met::Reading),
    ("Λάμπρος", "lambros", Met::Sound),
    ("Αντώνης", "antonis", Met::Reading),
    ("Αντώνης", "andonis", Met::Sound),
    ("Γκίκας", "gkikas", Met::Reading),
    ("Γκίκας", "gikas", Met::Reading),
    ("Αγγελική", "angeliki", Met::Reading),
    ("Αγγελική", "aggeliki", Met::Sound),
    ("Αλέξανδρος", "alexandros", Met::Reading),
    ("Αλέξανδρος", "aleksandros", Met::Sound),
    ("Ψαλτάκης", "psaltakis", Met::Reading),
    ("Αικατερίνη", "aikaterini", Met::Reading),
    ("Αικατερίνη", "ekaterini", Met::Reading),
    ("Αϊβαλιώτης", "aivaliotis", Met::Reading),
    ("Μυταράς", "mytaras", Met::Reading),
    ("Μυταράς", "mitaras", Met::Reading),
    // Latin names typed in Greek.
    ("Giorgos", "γιώργος", Met::Reading),
    ("Yorgos", "Γιώργος", Met::Reading),
    ("Christos", "χρηστ", Met::Reading),
    ("Nikos", "ΝΙΚΟΣ", Met::Reading),
];

const NOT: &[(&str, &str)] =
    &[("Μαρία", "mara"), ("Ελένη", "helena"), ("Γιώργος", "kostas"), ("Nikos", "κώστας"), ("Κώστας", "k o")];

#[test]
fn what_is_typed_finds_the_name() {
    check(FOUND, NOT);
}

#[test]
fn readings_are_few() {
    assert_eq!(texts("Ελένη", Part::Given), ["eleni"]);
    assert_eq!(texts("Χρήστος", Part::Given), ["christos", "hristos"]);
    assert_eq!(typed("Νίκος", "νικοσ"), ["nikos"]);
}
