//! Cyrillic: two romanisations, other spellings by phonetic keys, and Latin names typed in Cyrillic.

use super::{FoundBy, check, texts};
use crate::text::readings::{NamePart, phonetic_keys, query_readings};

const FOUND: &[(&str, &str, FoundBy)] = &[
    // As in passports, and as in Slavic Latin.
    ("Иванов", "ivanov", FoundBy::Reading),
    ("Смирно\u{301}в", "smirn", FoundBy::Reading),
    ("Юлия", "yulia", FoundBy::Reading),
    ("Юлия", "julija", FoundBy::Reading),
    ("Юлия", "iuliia", FoundBy::Phonetic),
    ("Жанна", "zhanna", FoundBy::Reading),
    ("Жанна", "žanna", FoundBy::Reading),
    ("Жанна", "janna", FoundBy::Phonetic),
    ("Хабиб", "khabib", FoundBy::Reading),
    ("Хабиб", "habib", FoundBy::Reading),
    ("Кузнецов", "kuznetsov", FoundBy::Reading),
    ("Кузнецов", "kuznecov", FoundBy::Reading),
    ("Кузнецов", "kuznetzov", FoundBy::Phonetic),
    ("Щукин", "shchukin", FoundBy::Reading),
    ("Щукин", "shtukin", FoundBy::Reading),
    ("Чехов", "chekhov", FoundBy::Reading),
    ("Чехов", "čehov", FoundBy::Reading),
    ("Чехов", "chehov", FoundBy::Phonetic),
    ("Пушкин", "pushkin", FoundBy::Reading),
    ("Пушкин", "puškin", FoundBy::Reading),
    ("Пушкин", "puschkin", FoundBy::Phonetic),
    ("Дмитрий", "dmitry", FoundBy::Reading),
    ("Дмитрий", "dmitrij", FoundBy::Reading),
    ("Дмитрий", "dmitriy", FoundBy::Phonetic),
    ("Дмитрий", "dmitrii", FoundBy::Phonetic),
    ("Андрей", "andrey", FoundBy::Reading),
    ("Андрей", "andrej", FoundBy::Reading),
    ("Андрей", "andrei", FoundBy::Phonetic),
    ("Алексей", "alexey", FoundBy::Reading),
    ("Алексей", "aleksej", FoundBy::Reading),
    ("Алексей", "aleksei", FoundBy::Phonetic),
    ("Александр", "alexandr", FoundBy::Reading),
    ("Александр", "aleksandr", FoundBy::Reading),
    ("Александр", "alexander", FoundBy::Phonetic),
    ("Пётр", "petr", FoundBy::Reading),
    ("Пётр", "pyotr", FoundBy::Reading),
    ("Пётр", "peter", FoundBy::Phonetic),
    ("Елена", "elena", FoundBy::Reading),
    ("Елена", "yelena", FoundBy::Phonetic),
    ("Семён", "semyon", FoundBy::Reading),
    ("Семён", "semen", FoundBy::Reading),
    ("Семен", "semyon", FoundBy::Phonetic),
    ("Семе\u{308}н", "semyo", FoundBy::Reading),
    ("Соловьёв", "solovyov", FoundBy::Reading),
    ("Васильев", "vasilyev", FoundBy::Reading),
    ("Васильев", "vasiliev", FoundBy::Phonetic),
    ("Ольга", "olga", FoundBy::Reading),
    ("Подъячев", "podyachev", FoundBy::Reading),
    ("Джамиля", "jamilya", FoundBy::Reading),
    ("Джамиля", "djamilia", FoundBy::Phonetic),
    ("Романофф", "romanov", FoundBy::Phonetic),
    // Ukrainian and Belarusian.
    ("Григорій", "hryhoriy", FoundBy::Reading),
    ("Олександр", "oleksandr", FoundBy::Reading),
    ("Сергій", "serhiy", FoundBy::Reading),
    ("Сергій", "serhii", FoundBy::Phonetic),
    ("Богдан", "bohdan", FoundBy::Phonetic),
    ("Євген", "yevhen", FoundBy::Reading),
    ("Їжакевич", "yizhakevych", FoundBy::Reading),
    ("Іваноў", "ivanou", FoundBy::Reading),
    // Serbian and Macedonian.
    ("Јовановић", "jovanović", FoundBy::Reading),
    ("Ђорђевић", "đorđević", FoundBy::Reading),
    ("Ђорђевић", "djordjevic", FoundBy::Reading),
    ("Љиљана", "ljiljana", FoundBy::Reading),
    ("Његош", "njegos", FoundBy::Reading),
    ("Џемал", "dzemal", FoundBy::Reading),
    ("Милош", "miloš", FoundBy::Reading),
    ("Снежана", "snezana", FoundBy::Reading),
    ("Јана", "yana", FoundBy::Phonetic),
    // Bulgarian, Kazakh.
    ("Димитър", "dimitar", FoundBy::Reading),
    ("Щерев", "shterev", FoundBy::Reading),
    ("Қасым-Жомарт Тоқаев", "kasym zhomart tokaev", FoundBy::Reading),
    ("Әлия", "alia", FoundBy::Reading),
    ("Нұрсұлтан", "nursultan", FoundBy::Reading),
    ("Өмір", "omir", FoundBy::Reading),
    // A Latin word with a Cyrillic letter in it.
    ("Bаatar", "baatar", FoundBy::Reading),
    // Latin names typed in Cyrillic.
    ("Ivan Petrov", "иван петр", FoundBy::Reading),
    ("Juri", "юри", FoundBy::Reading),
    ("Yuri", "юрий", FoundBy::Reading),
    ("Alexander", "александр", FoundBy::Reading),
    ("Peter", "пётр", FoundBy::Reading),
    ("Mihail", "михаил", FoundBy::Reading),
    ("Mikhail", "михаил", FoundBy::Reading),
    // A name in one script, typed in another one.
    ("Γιάννης", "Яннис", FoundBy::Reading),
    ("محمد", "Мохаммед", FoundBy::Phonetic),
];

const NOT: &[(&str, &str)] = &[
    ("Иванов", "petrov"),
    ("Иванов", "novikov"),
    ("Иванов", "i v"),
    ("Анна", "hanna"),
    ("Марк", "maria"),
    ("Борис", "boras"),
    ("Ivanov", "петр"),
    ("Виктор", "w"),
];

#[test]
fn queries_match_names() {
    check(FOUND, NOT);
}

#[test]
fn readings_are_few() {
    assert_eq!(texts("Иванов", NamePart::Family), ["ivanov"]);
    assert_eq!(texts("Милош", NamePart::Given), ["milosh"]);
    assert_eq!(texts("Юлия", NamePart::Given), ["yulia", "julija"]);
    assert_eq!(texts("Семён", NamePart::Given), ["semen", "semyon"]);
    assert_eq!(texts("Љиљана", NamePart::Given), ["ljiljana"]);
    assert_eq!(query_readings("пётр", "петр"), ["petr", "pyotr", "peter"]);
}

#[test]
fn phonetic_keys_have_vowels() {
    assert_eq!(phonetic_keys("юлия"), ["ulia"]);
    assert_eq!(phonetic_keys("григорий"), ["hrihori"]);
    assert_eq!(phonetic_keys("александр"), ["aleksader"]);
}
