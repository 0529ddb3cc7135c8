//! The expected hits of a query. The model looks at one contact and tries every word in every order, without an index.

use super::model::{Person, READINGS, fold};

/// A query to the model.
#[derive(Debug, Clone, Default)]
pub struct ModelQuery {
    pub text: String,
    /// Fields: 0 names, 1 words, 2 everything.
    pub within: usize,
    pub typos: bool,
    pub has_phone: Option<bool>,
    pub has_email: Option<bool>,
    pub company: Option<String>,
    pub trash: bool,
    pub blocked: Option<bool>,
}

/// The rank of a hit: stage, number of typing errors, text. Whole words of names have the stages 0 to 2, other names 3 to 5.
pub type Rank = (usize, usize, String);

/// A word of a person: field, positions of the first and last letter, folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    field: usize,
    from: usize,
    to: usize,
    text: String,
}

impl Word {
    fn overlaps(&self, other: &Self) -> bool {
        self.field == other.field && self.from <= other.to && other.from <= self.to
    }
}

/// Whether two company names are equal: folded, or as written if the fold of the query is empty.
fn is_company(query_spec: &str, has: &str) -> bool {
    let plain = |text: &str| text.trim().to_lowercase();
    if fold(query_spec).is_empty() { plain(query_spec) == plain(has) } else { fold(query_spec) == fold(has) }
}

impl ModelQuery {
    pub fn admits(&self, person: &Person) -> bool {
        self.has_phone.is_none_or(|has| has != person.phone.is_empty())
            && self.has_email.is_none_or(|has| has != person.email.is_empty())
            && self.company.as_ref().is_none_or(|company| is_company(company, &person.company))
    }

    /// The best rank of a person, or `None` if the query does not find the person.
    pub fn rank(&self, person: &Person) -> Option<Rank> {
        let query = fold(&self.text);
        let words: Vec<&str> = query.split(' ').filter(|word| !word.is_empty()).collect();
        let names = !query.is_empty() || self.text.trim().is_empty();
        if names {
            let is_one_word = query.len() > 1 && !query.contains(' ');
            let is_whole = |text: &str| text == query || text.starts_with(&format!("{query} "));
            let names = || (0..).zip(person.texts());
            let whole = names().filter(|_| is_one_word).map(|(class, texts)| (class, texts, true));
            for (class, texts, whole) in whole.chain(names().map(|(class, texts)| (class + 3, texts, false)))
            {
                let is_match = |text: &String| text.starts_with(&query) && (!whole || is_whole(text));
                if let Some(text) = texts.into_iter().find(is_match) {
                    return Some((class, 0, text));
                }
            }
        }
        let all = words_of(person);
        if self.within >= 1 && !words.is_empty() {
            if let Some(text) = any_order(&words, &all, 0) {
                return Some((6, 0, text));
            }
            if words.len() == 1 && query.chars().count() > 1 {
                let found = initials(person).into_iter().filter(|text| text.starts_with(&query)).min();
                if let Some(text) = found {
                    return Some((7, 0, text));
                }
            }
        }
        if self.within >= 2
            && let Some(text) = self.contact_method(person)
        {
            return Some((9, 0, text));
        }
        if self.within >= 1 && self.typos && !words.is_empty() && digits(&self.text).is_none() {
            let most: usize = words.iter().map(|word| allowed(word)).sum();
            for distance in 1..=most.min(2) {
                if let Some(text) = any_order(&words, &all, distance) {
                    return Some((10, distance, text));
                }
            }
        }
        None
    }

    fn contact_method(&self, person: &Person) -> Option<String> {
        let raw = self.text.trim().to_lowercase();
        let bare = raw.strip_prefix('@').unwrap_or(&raw);
        if bare.trim_start_matches('@').is_empty() {
            return None;
        }
        let mut found = Vec::new();
        if !person.email.is_empty() {
            found.extend(Some(person.email.clone()).filter(|email| email.starts_with(&raw)));
            // After damage, an address can have no domain.
            let domain = person.email.split('@').nth(1).map(str::to_owned);
            found.extend(domain.filter(|domain| domain.starts_with(bare)));
        }
        let identifier = person.identifier.trim().to_lowercase();
        found.extend(Some(identifier).filter(|id| !id.is_empty() && id.starts_with(&raw)));
        if let (Some((plus, digits)), false) = (digits(&self.text), person.phone.is_empty()) {
            let national = person.phone.strip_prefix("33").unwrap_or_default();
            let after_zeros = digits.strip_prefix("00").filter(|rest| !rest.is_empty() && !plus);
            let abroad = person.phone.starts_with(&digits)
                || after_zeros.is_some_and(|rest| person.phone.starts_with(rest));
            let dialled = digits.len() > 1 && format!("0{national}").starts_with(&digits);
            let inside = national.starts_with(&digits) || dialled;
            if abroad {
                found.push(person.phone.clone());
            }
            if inside && !plus {
                found.push(format!("\u{2}{national}"));
            }
            if digits.len() >= 4 && !plus && person.phone.ends_with(&digits) {
                found.push(format!("\u{1}{}", person.phone.chars().rev().collect::<String>()));
            }
        }
        found.into_iter().min()
    }
}

/// The digits of a text that can be a part of a number, and whether it starts with a plus.
fn digits(text: &str) -> Option<(bool, String)> {
    let number = text.chars().filter(char::is_ascii_digit).collect::<String>();
    let known = |c: char| c.is_ascii_digit() || " -.".contains(c);
    let bare = text.trim_start_matches([' ', '-', '.']);
    let rest = bare.trim_start_matches('+');
    (!number.is_empty() && rest.chars().all(known)).then_some((rest.len() < bare.len(), number))
}

/// The words of a text with one reading of apostrophe and hyphen, with their positions.
fn split_words(field: usize, text: &str, (apostrophe, hyphen): (&str, &str)) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    for (at, c) in text.chars().enumerate() {
        let kind = match c {
            '\'' => apostrophe,
            '-' => hyphen,
            '.' | ' ' => " ",
            _ => "x",
        };
        match kind {
            "x" if open => {
                let word = words.last_mut().unwrap();
                word.to = at;
                word.text.push_str(&fold(&c.to_string()));
            }
            "x" => {
                words.push(Word { field, from: at, to: at, text: fold(&c.to_string()) });
                open = true;
            }
            " " => open = false,
            _ => {}
        }
    }
    words
}

fn all_readings(field: usize, text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for reading in READINGS {
        for word in split_words(field, text, reading) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
    }
    words
}

fn words_of(person: &Person) -> Vec<Word> {
    let fields = [&person.first, &person.last, &person.nickname, &person.company];
    let mut words: Vec<Word> =
        fields.iter().enumerate().flat_map(|(field, text)| all_readings(field, text.trim())).collect();
    let display = person.display_name();
    if display != format!("{} {}", person.first.trim(), person.last.trim()) {
        let own = all_readings(9, &display);
        let new: Vec<_> =
            own.into_iter().filter(|word| words.iter().all(|known| known.text != word.text)).collect();
        words.extend(new);
    }
    words
}

fn initials(person: &Person) -> Vec<String> {
    let letters = |text: &str| -> String {
        split_words(0, text, READINGS[0]).iter().map(|word| word.text.chars().next().unwrap()).collect()
    };
    let (first, last) = (letters(&person.first), letters(&person.last));
    let outer: String = first.chars().take(1).collect();
    [first + &last, outer + &last].into_iter().filter(|text| text.chars().count() > 1).collect()
}

/// The smallest text of a word that matches the longest word of the query. Each word of the query must match a
/// different word, with at most `left` typing errors in all.
fn any_order(query: &[&str], words: &[Word], left: usize) -> Option<String> {
    let longest = query.iter().map(|word| word.chars().count()).max().unwrap();
    let driver = query.iter().position(|word| word.chars().count() == longest).unwrap();
    let mut found = Vec::new();
    let mut order: Vec<usize> = vec![driver];
    order.extend((0..query.len()).filter(|at| *at != driver));
    for word in words {
        let Some(cost) = cost(query[driver], &word.text, left) else { continue };
        if match_rest(query, &order[1..], words, &mut vec![word.clone()], left - cost) {
            found.push(word.text.clone());
        }
    }
    found.into_iter().min()
}

fn match_rest(query: &[&str], rest: &[usize], words: &[Word], taken: &mut Vec<Word>, left: usize) -> bool {
    let Some((next, rest)) = rest.split_first() else { return true };
    for word in words {
        let Some(cost) = cost(query[*next], &word.text, left) else { continue };
        if taken.iter().any(|other| other.overlaps(word)) {
            continue;
        }
        taken.push(word.clone());
        let done = match_rest(query, rest, words, taken, left - cost);
        taken.pop();
        if done {
            return true;
        }
    }
    false
}

/// The permitted typing errors in a word.
fn allowed(word: &str) -> usize {
    match word.chars().count() {
        _ if word.chars().all(|c| c.is_ascii_digit()) => 0,
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// The typing errors, if a word of the query matches the beginning of a word.
fn cost(query: &str, word: &str, left: usize) -> Option<usize> {
    if word.starts_with(query) {
        return Some(0);
    }
    let (query, word): (Vec<char>, Vec<char>) = (query.chars().collect(), word.chars().collect());
    let most = left.min(allowed(&query.iter().collect::<String>()));
    (1..=most).find(|most| (0..=word.len()).any(|end| is_within(&query, &word[..end], *most)))
}

/// Whether `left` insertions, deletions, replacements or swaps of neighbours change one text into the other.
#[allow(clippy::many_single_char_names)]
fn is_within(a: &[char], b: &[char], left: usize) -> bool {
    match (a, b) {
        ([], rest) | (rest, []) => rest.len() <= left,
        ([x, a1 @ ..], [y, b1 @ ..]) => {
            if x == y && is_within(a1, b1, left) {
                return true;
            }
            if left == 0 {
                return false;
            }
            let left = left - 1;
            let swapped = match (a, b) {
                ([p, q, a2 @ ..], [r, s, b2 @ ..]) if p == s && q == r => is_within(a2, b2, left),
                _ => false,
            };
            swapped || is_within(a1, b1, left) || is_within(a1, b, left) || is_within(a, b1, left)
        }
    }
}

#[test]
fn the_finder_finds_examples() {
    let doe = Person { first: "ab ca".into(), last: "b-c".into(), ..Person::default() };
    let rank = |text: &str| ModelQuery { text: text.into(), within: 2, ..ModelQuery::default() }.rank(&doe);
    assert_eq!(rank("ab"), Some((0, 0, "ab ca b c".into())));
    assert_eq!(rank("c b"), Some((6, 0, "c".into())), "the first of the longest words leads");
    assert_eq!(rank("c b a b"), None, "no letter twice");
    assert_eq!(rank("acb"), Some((7, 0, "acbc".into())));
    assert_eq!(rank("abc"), Some((7, 0, "abc".into())), "the first word, and the last name");
    let misses = |text: &str, left| cost(text, "abcabc", left);
    assert_eq!(
        (misses("bacab", 1), misses("acab", 1), misses("bcaab", 1), misses("abb", 1)),
        (Some(1), Some(1), None, None)
    );
}
