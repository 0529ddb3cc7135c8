//! Cyrillic: two romanisations, the rest by sound; and Latin names typed in Cyrillic.

use super::{Met, check, texts};
use crate::text::readings::{Part, sound, typed};

const FOUND: &[(&str, &str, Met)] = &[
    // As in passports, and as in Slavic Latin.
    ("Иванов", "ivanov", Met::Reading),
    ("Смирно\u{301}в", "smirn", Met::Reading),
    ("Юлия", "yulia", Met::Reading),
    ("Юлия", "julija", Met::Reading),
    ("Юлия", "iuliia", Met::Sound),
    ("Жанна", "zhanna", Met::Reading),
    ("Жанна", "žanna", Met::Reading),
    ("Жанна", "janna", Met::Sound),
    ("Хабиб", "khabib", Met::Reading),
    ("Хабиб", "habib", Met::Reading),
    ("Кузнецов", "kuznetsov", Met::Reading),
    ("Кузнецов", "kuznecov", Met::Reading),
    ("Кузнецов", "kuznetzov", Met::Sound),
    ("Щукин", "shchukin", Met::Reading),
    ("Щукин", "shtukin", Met::Reading),
    ("Чехов", "chekhov", Met::Reading),
    ("Чехов", "čehov", Met::Reading),
    ("Чехов", "chehov", Met::Sound),
    ("Пушкин", "pushkin", Met::Reading),
    ("Пушкин", "puškin", Met::Reading),
    ("Пушкин", "puschkin", Met::Sound),
    ("Дмитрий", "dmitry", Met::Reading),
    ("Дмитрий", "dmitrij", Met::Reading),
    ("Дмитрий", "dmitriy", Met::Sound),
    ("Дмитрий", "dmitrii", Met::Sound),
    ("Андрей", "andrey", Met::Reading),
    ("Андрей", "andrej", Met::Reading),
    ("Андрей", "andrei", Met::Sound),
    ("Алексей", "alexey", Met::Reading),
    ("Алексей", "aleksej", Met::Reading),
    ("Алексей", "aleksei", Met::Sound),
    ("Александр", "alexandr", Met::Reading),
    ("Александр", "aleksandr", Met::Reading),
    ("Александр", "alexander", Met::Sound),
    ("Пётр", "petr", Met::Reading),
    ("Пётр", "pyotr", Met::Reading),
    ("Пётр", "peter", Met::Sound),
    ("Елена", "elena", Met::Reading),
    ("Елена", "yelena", Met::Sound),
    ("Семён", "semyon", Met::Reading),
    ("Семён", "semen", Met::Reading),
    ("Семен", "semyon", Met::Sound),
    ("Семе\u{308}н", "semyo", Met::Reading),
    ("Соловьёв", "solovyov", Met::Reading),
    ("Васильев", "vasilyev", Met::Reading),
    ("Васильев", "vasiliev", Met::Sound),
    ("Ольга", "olga", Met::Reading),
    ("Подъячев", "podyachev", Met::Reading),
    ("Джамиля", "jamilya", Met::Reading),
    ("Джамиля", "djamilia", Met::Sound),
    ("Романофф", "romanov", Met::Sound),
    // Ukrainian and Belarusian.
    ("Григорій", "hryhoriy", Met::Reading),
    ("Олександр", "oleksandr", Met::Reading),
    ("Сергій", "serhiy", Met::Reading),
    ("Сергій", "serhii", Met::Sound),
    ("Богдан", "bohdan", Met::Sound),
    ("Євген", "yevhen", Met::Reading),
    ("Їжакевич", "yizhakevych", Met::Reading),
    ("Іваноў", "ivanou", Met::Reading),
    // Serbian and Macedonian.
    ("Јовановић", "jovanović", Met::Reading),
    ("Ђорђевић", "đorđević", Met::Reading),
    ("Ђорђевић", "djordjevic", Met::Reading),
    ("Љиљана", "ljiljana", Met::Reading),
    ("Његош", "njegos", Met::Reading),
    ("Џемал", "dzemal", Met::Reading),
    ("Милош", "miloš", Met::Reading),
    ("Снежана", "snezana", Met::Reading),
    ("Јана", "yana", Met::Sound),
    // Bulgarian, Kazakh.
    ("Димитър", "dimitar", Met::Reading),
    ("Щерев", "shterev", Met::Reading),
    ("Қасым-Жомарт Тоқаев", "kasym zhomart tokaev", Met::Reading),
    ("Әлия", "alia", Met::Reading),
    ("Нұрсұлтан", "nursultan", Met::Reading),
    ("Өмір", "omir", Met::Reading),
    // A Latin word with a Cyrillic letter in it.
    ("Bаatar", "baatar", Met::Reading),
    // Latin names typed in Cyrillic.
    ("Ivan Petrov", "иван петр", Met::Reading),
    ("Juri", "юри", Met::Reading),
    ("Yuri", "юрий", Met::Reading),
    ("Alexander", "александр", Met::Reading),
    ("Peter", "пётр", Met::Reading),
    ("Mihail", "михаил", Met::Reading),
    ("Mikhail", "михаил", Met::Reading),
    // One script typed in another.
    ("Γιάννης", "Яннис", Met::Reading),
    ("محمد", "Мохаммед", Met::Sound),
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
fn what_is_typed_finds_the_name() {
    check(FOUND, NOT);
}

#[test]
fn readings_are_few() {
    assert_eq!(texts("Иванов", Part::Family), ["ivanov"]);
    assert_eq!(texts("Милош", Part::Given), ["milosh"]);
    assert_eq!(texts("Юлия", Part::Given), ["yulia", "julija"]);
    assert_eq!(texts("Семён", Part::Given), ["semen", "semyon"]);
    assert_eq!(texts("Љиљана", Part::Given), ["ljiljana"]);
    assert_eq!(typed("пётр", "петр"), ["petr", "pyotr", "peter"]);
}

#[test]
fn sounds_have_vowels() {
    assert_eq!(sound("юлия"), ["ulia"]);
    assert_eq!(sound("григорий"), ["hrihori"]);
    assert_eq!(sound("александр"), ["aleksader"]);
}
