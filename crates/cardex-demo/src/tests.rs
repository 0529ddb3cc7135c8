use std::collections::{BTreeMap, HashMap, HashSet};

use crate::*;
use cardex::directory::NetworkPolicy;

fn text(contact: &NewContact) -> String {
    let phones: Vec<_> = contact.phones.iter().map(|p| (&p.text, &p.label)).collect();
    let emails: Vec<_> = contact.emails.iter().map(|e| (&e.text, &e.label)).collect();
    let NewContact { network, first_name, last_name, display_name, nickname, company, language, .. } =
        contact;
    format!(
        "{network} {first_name:?} {last_name:?} {display_name:?} {nickname:?} {company:?} {language} {phones:?} \
         {emails:?} {:?} {:?}",
        contact.status, contact.advisors
    )
}

/// The script of the first letter, by its Unicode block.
fn script(name: &str) -> &'static str {
    match name.chars().find(|c| c.is_alphabetic()).map_or(0, u32::from) {
        0 => "none",
        0x0370..=0x03FF | 0x1F00..=0x1FFF => "Greek",
        0x0400..=0x052F => "Cyrillic",
        0x0530..=0x058F => "Armenian",
        0x0590..=0x05FF => "Hebrew",
        0x0600..=0x06FF => "Arabic",
        0x0900..=0x097F => "Devanagari",
        0x0E00..=0x0E7F => "Thai",
        0x10A0..=0x10FF => "Georgian",
        0x3040..=0x30FF => "Kana",
        0x4E00..=0x9FFF => "Han",
        0xAC00..=0xD7AF => "Hangul",
        _ => "Latin",
    }
}

#[test]
fn known_duplicates_are_copies_and_others_of_the_same_contacts() {
    let demo = Demo::new(3, 600);
    let known: Vec<KnownContact> = demo.known_duplicates().collect();
    let again = Demo::new(3, 600)
        .known_duplicates()
        .zip(&known)
        .all(|(again, known)| again.person == known.person && text(&again.contact) == text(&known.contact));
    assert!(again && known.len() > 750 && known.len() < 850, "{}", known.len());
    let mut of_person: BTreeMap<u64, usize> = BTreeMap::new();
    for one in &known {
        *of_person.entry(one.person).or_default() += 1;
    }
    let copied = of_person.values().filter(|count| **count > 1).count();
    assert!((80..130).contains(&copied), "{copied}");
    assert!(of_person.keys().filter(|person| **person >= 600).count() > 70, "persons who look alike");
}

#[test]
fn same_seed_same_book() {
    let book = |seed, contacts| -> Vec<String> {
        let demo = Demo::new(seed, contacts);
        let advisors =
            demo.advisors().map(|a| format!("{:?} {} {} {}", a.id, a.first_name, a.last_name, a.email));
        advisors.chain(demo.contacts().map(|c| text(&c))).collect()
    };
    let (one, two) = (book(1, 2_000), book(2, 2_000));
    assert_eq!(one, book(1, 2_000));
    assert_eq!(one.len(), 2_010);
    assert!(one.iter().zip(&two).filter(|(a, b)| a == b).count() < 10);
    for line in &one[..25] {
        println!("{line}");
    }
    let demo = Demo::new(1, 2_000);
    assert_eq!(
        text(&demo.contact(1_234)),
        one[10 + 1_234],
        "contact() does not depend on the order of calls"
    );
}

/// A change of the generator changes every book and invalidates all measurements: it must be intended.
#[test]
fn the_book_of_seed_1_does_not_change() {
    let all: Vec<u8> = Demo::new(1, 5_000).contacts().flat_map(|c| text(&c).into_bytes()).collect();
    assert_eq!(crc32fast::hash(&all), 873_659_200, "if the change is intended, write the new checksum here");
}

#[test]
fn phones_are_unique() {
    let mut seen = HashSet::new();
    for contact in Demo::new(3, 200_000).contacts() {
        for phone in contact.phones {
            let digits = phone.text.strip_prefix('+').unwrap();
            assert!(
                (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()),
                "{}",
                phone.text
            );
            assert!(seen.insert(phone.text));
        }
    }
    assert!(seen.len() > 210_000);
}

#[test]
fn phones_are_unique_at_high_indexes() {
    let demo = Demo::new(3, 100_000_000);
    let phones = (0..40_000).chain(99_960_000..100_000_000).map(|i| demo.contact(i).phones.remove(0).text);
    assert_eq!(phones.collect::<HashSet<_>>().len(), 80_000);
}

#[test]
fn every_contact_is_accepted() {
    let policies: HashMap<_, _> =
        NetworkPolicy::built_in().into_iter().map(|p| (p.network.clone(), p)).collect();
    let demo = Demo::new(4, 100_000);
    let mut longest = 0;
    for contact in demo.contacts() {
        if let Err(error) = contact.check(&policies[&contact.network]) {
            panic!("{error}: {}", text(&contact));
        }
        longest = longest.max(contact.first_name.chars().count());
    }
    assert!((100..=250).contains(&longest), "{longest}");
    let emails: HashSet<_> = demo.advisors().inspect(|a| a.check().unwrap()).map(|a| a.email).collect();
    assert_eq!(emails.len(), 500);
}

#[test]
fn shares() {
    let (mut scripts, mut networks, mut names) = (BTreeMap::new(), BTreeMap::new(), HashMap::new());
    for contact in Demo::new(5, 100_000).contacts() {
        let name = [contact.first_name.as_str(), &contact.last_name].join(" ");
        *scripts.entry(script(&name)).or_insert(0) += 1;
        *networks.entry(contact.network).or_insert(0) += 1;
        *names.entry(name).or_insert(0) += 1;
    }
    let top = names.iter().filter(|(name, _)| name.as_str() != " ").max_by_key(|(_, n)| **n).unwrap();
    println!("{scripts:?}\n{networks:?}\n{} names, most common {top:?}", names.len());
    assert!(scripts.values().filter(|n| **n >= 1_000).count() >= 10, "{scripts:?}");
    assert!((45_000..60_000).contains(&scripts["Latin"]), "{scripts:?}");
    assert_eq!(networks.len(), 6);
    assert!(
        networks.values().all(|n| *n >= 3_000) && networks.values().any(|n| *n >= 30_000),
        "{networks:?}"
    );
    assert!(names.len() > 50_000 && *top.1 > 30, "{} {top:?}", names.len());
}

#[test]
fn links() {
    let demo = Demo::new(6, 50_000);
    let mut sizes: HashMap<AdvisorId, u32> = HashMap::new();
    for contact in demo.contacts() {
        let distinct: HashSet<_> = contact.advisors.iter().collect();
        assert!((1..=3).contains(&distinct.len()) && distinct.len() == contact.advisors.len());
        contact.advisors.into_iter().for_each(|id| *sizes.entry(id).or_default() += 1);
    }
    assert_eq!(sizes.len(), 250, "every advisor has a contact");
    let largest = sizes.iter().max_by_key(|(_, n)| **n).unwrap();
    assert_eq!(*largest.0, Demo::FIRST_ADVISOR);
    assert!(*largest.1 > 2_000 && sizes.values().min() < Some(&100), "{sizes:?}");
    for few in 0..4 {
        let demo = Demo::new(6, 500).with_advisors(few);
        assert_eq!(demo.advisors().count(), few as usize);
        let most = demo.contacts().map(|c| c.advisors.len()).max();
        assert_eq!(most, Some(few as usize));
    }
}
