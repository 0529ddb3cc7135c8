//! Compares the parser with libphonenumber (`tests/fixtures/phones/cases.tsv`) and with `rlibphonenumber`, and tests invariants.

use std::collections::HashMap;

use proptest::prelude::*;

#[cfg(not(feature = "phonenumber"))]
use super::metadata;
use super::{PhoneParser, backend, numbering_plan, phone_text::PhoneText, table};

const CASES: &str = include_str!("../../../tests/fixtures/phones/cases.tsv");

/// The required agreement, in percent. The crate `phonenumber` agrees less than the default backend.
const MIN_AGREEMENT_PERCENT: f64 = if cfg!(feature = "phonenumber") { 96.5 } else { 99.9 };

struct Case {
    region: Option<&'static str>,
    text: &'static str,
    /// `None` if libphonenumber rejects the text.
    e164: Option<&'static str>,
    class: &'static str,
}

impl Case {
    /// The expected E.164 form: that of libphonenumber, if it can be called from abroad.
    fn expected(&self) -> Option<&'static str> {
        self.e164.filter(|_| matches!(self.class, "v" | "p"))
    }
}

fn cases() -> Vec<Case> {
    let (mut region, mut e164) = ("", "");
    let lines = CASES.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            if !cells[0].is_empty() {
                region = cells[0];
            }
            if !cells[2].is_empty() {
                e164 = cells[2];
            }
            let known = |text: &'static str| (text != "-").then_some(text);
            Case { region: known(region), text: cells[1], e164: known(e164), class: cells[3] }
        })
        .collect()
}

fn parsers(cases: &[Case]) -> HashMap<Option<&'static str>, PhoneParser> {
    cases.iter().map(|case| (case.region, PhoneParser::new(case.region).unwrap())).collect()
}

fn share(what: &str, good: usize, all: usize) -> f64 {
    let percent = 100.0 * f64::from(u32::try_from(good).unwrap()) / f64::from(u32::try_from(all).unwrap());
    println!("{what}: {good} of {all}, {percent:.2} %");
    percent
}

#[test]
fn agrees_with_libphonenumber() {
    let cases = cases();
    assert!(cases.len() > 10_000);
    let parsers = parsers(&cases);
    let (mut numbers, mut plus, mut preserved, mut canonical, mut validity) = (0, 0, 0, 0, 0);
    for case in &cases {
        let found = parsers[&case.region].parse(case.text);
        let e164 = found.as_ref().and_then(|phone| phone.e164.as_deref());
        if e164 == case.expected() {
            numbers += 1;
        } else {
            println!("{:?} {:?}: {:?}, not {:?}", case.region, case.text, e164, case.expected());
        }
        if case.text.starts_with('+')
            && let Some(phone) = &found
        {
            let digits = PhoneText::parse(case.text).unwrap().digits;
            plus += 1;
            canonical += usize::from(numbering_plan::is_canonical(&digits));
            let oracle = case.e164.map(|e164| &e164[1..]);
            let kept =
                phone.normalized().trim_start_matches('+') == digits || e164.map(|e164| &e164[1..]) == oracle;
            if !kept {
                println!("{:?} {:?}: digits not kept, {:?}", case.region, case.text, e164);
            }
            preserved += usize::from(kept);
        }
        if !cfg!(feature = "phonenumber") {
            let region = case.region.and_then(backend::region_hint);
            let valid = backend::parse_number(case.text, region).is_some_and(|n| backend::is_valid(&n));
            validity += usize::from(valid == matches!(case.class, "v" | "k"));
        }
    }
    share("`+` numbers without the backend", canonical, plus);
    assert!(share("E.164 form", numbers, cases.len()) >= MIN_AGREEMENT_PERCENT);
    assert!((share("digits of `+` numbers kept", preserved, plus) - 100.0).abs() < f64::EPSILON);
    if !cfg!(feature = "phonenumber") {
        assert!(share("validity", validity, cases.len()) >= MIN_AGREEMENT_PERCENT);
    }
}

/// Eighteen random digits.
#[cfg(not(feature = "phonenumber"))]
fn random_digits() -> impl FnMut() -> String {
    let mut seed = 1_u64;
    move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        format!("{:018}", (seed >> 5) % 1_000_000_000_000_000_000)
    }
}

/// Compares the table for national numbers with the backend: every region, length and first digits.
#[test]
#[cfg(not(feature = "phonenumber"))]
fn national_to_e164_agrees_with_the_backend() {
    let mut random = random_digits();
    let mut tried = 0;
    for (region, trunk) in table::REGIONS.into_iter().filter(|region| region.1 != 0) {
        for length in 2..=17 {
            for first in 1..10 {
                let text = format!("0{first}{}", &random()[..length - 1]);
                if let Some(e164) = numbering_plan::national_to_e164(trunk, &text) {
                    let number = backend::parse_number(&text, backend::region_hint(region)).unwrap();
                    assert_eq!(number.e164, e164, "{region} {text}");
                    assert!(numbering_plan::is_canonical(&e164[1..]), "{e164}");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
}

/// Compares the table for `+` numbers with the backend: every calling code, length and first digits.
#[test]
#[cfg(not(feature = "phonenumber"))]
fn is_canonical_agrees_with_the_backend() {
    use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL};

    let codes: Vec<i32> = PHONE_NUMBER_UTIL.get_supported_calling_codes().collect();
    assert_eq!(codes.len(), table::PLANS.len());
    let mut random = random_digits();
    for (code, _, _) in table::PLANS {
        assert!(codes.contains(&i32::from(code)), "{code}");
        for length in 2..=17 {
            for first in 0..10 {
                let text = format!("+{code}{first}{}", &random()[..length - 1]);
                if numbering_plan::is_canonical(&text[1..]) {
                    let number = backend::parse_number(&text, None).unwrap();
                    assert_eq!(number.e164, text);
                }
                if let Some(number) = backend::parse_number(&text, None) {
                    let parsed = PHONE_NUMBER_UTIL.parse(&text, None).unwrap();
                    let possible = PHONE_NUMBER_UTIL.is_possible_number_with_reason(&parsed);
                    let possible = matches!(possible, Ok(NumberLengthType::IsPossible));
                    assert_eq!(numbering_plan::is_possible(&number.e164[1..]), possible, "{text}");
                }
            }
        }
    }
}

/// The number and its validity, by the backend and by `rlibphonenumber`.
#[cfg(not(feature = "phonenumber"))]
fn both_answers(region: Option<&str>, text: &str) -> [Option<(String, bool)>; 2] {
    use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

    let actual = backend::parse_number(text, region.and_then(backend::region_hint))
        .map(|number| (number.e164.clone(), backend::is_valid(&number)));
    let region = region.map(|region| region.parse().unwrap());
    let expected = PHONE_NUMBER_UTIL.parse(text, region).ok().map(|number| {
        let e164 = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned();
        (e164, PHONE_NUMBER_UTIL.is_valid_number(&number))
    });
    [actual, expected]
}

/// Random digits: every region, length and first digits, in five forms.
#[test]
#[cfg(not(feature = "phonenumber"))]
fn digits_agree_with_rlibphonenumber() {
    let mut random = random_digits();
    for region in &metadata::REGIONS {
        let hint = (region.id != "001").then_some(region.id);
        for length in 1..=18 {
            for first in (0..100).step_by(13) {
                let digits = format!("{first:02}{}", random());
                let digits = &digits[..length];
                let prefixes = ["", "0", "1", "8", "06", "00", "011", "810", region.leading_digits];
                let prefix = prefixes[first % prefixes.len()];
                let code = region.calling_code;
                for text in [
                    format!("{prefix}{digits}"),
                    format!("+{code}{prefix}{digits}"),
                    format!("{code}{prefix}{digits}"),
                    format!("00{code}{digits}"),
                    format!("+{digits}"),
                ] {
                    let [actual, expected] = both_answers(hint, &text);
                    assert_eq!(actual, expected, "{hint:?} {text}");
                }
            }
        }
    }
}

fn parse(region: Option<&str>, text: &str) -> Option<(Option<String>, String)> {
    let found = PhoneParser::new(region).unwrap().parse(text)?;
    Some((found.e164, found.digits))
}

#[test]
fn parsed_examples() {
    for (region, text, e164, digits) in [
        (None, "+33 6 12 34 56 78", Some("+33612345678"), "33612345678"),
        (Some("fr"), "06 12 34 56 78", Some("+33612345678"), "0612345678"),
        (Some("FR"), "+33 (0)6 12 34 56 78", Some("+33612345678"), "330612345678"),
        (Some("FR"), "0033 6 12 34 56 78", Some("+33612345678"), "0033612345678"),
        (None, "0033 6 12 34 56 78", None, "0033612345678"),
        (None, "06 12 34 56 78", None, "0612345678"),
        (Some("FR"), "36 30", None, "3630"),
        (Some("FR"), "+33612345678 ext. 12", Some("+33612345678"), "33612345678"),
        (Some("FR"), "06 12 34 56 78p12", Some("+33612345678"), "0612345678"),
        (Some("US"), "1-800-FLOWERS", Some("+18003569377"), "18003569377"),
        (Some("US"), "253-0000", None, "2530000"),
        (None, "+7 812 123-45-67", Some("+78121234567"), "78121234567"),
        (None, "+370 800 12345", Some("+37080012345"), "37080012345"),
        (None, "+375 800 123 45 67", Some("+3758001234567"), "3758001234567"),
        (None, "+39 02 3661 8300", Some("+390236618300"), "390236618300"),
        (None, "+999 123456", None, "999123456"),
        (Some("IR"), "۰۹۱۲۳۴۵۶۷۸۹", Some("+989123456789"), "09123456789"),
        (Some("FR"), "#31#0612345678", None, "#31#0612345678"),
    ] {
        assert_eq!(parse(region, text), Some((e164.map(str::to_owned), digits.to_owned())), "{text}");
    }
    for text in ["", "+", "1", "hello", "abc123def456", "12 apples", "1-800-FLOWERSANDMORETHANFIT"] {
        assert_eq!(parse(Some("US"), text), None, "{text}");
    }
    assert_eq!(parse(None, "1-800-FLOWERS"), None);
}

#[test]
#[cfg(not(feature = "phonenumber"))]
fn phone_contexts() {
    for text in [
        "tel:650-253-0000;phone-context=+1",
        // `rlibphonenumber` 2.2.15 panics on this text.
        "650-253-0000;phone-context=+1;tel:",
    ] {
        let expected = (Some("+16502530000".to_owned()), "6502530000".to_owned());
        assert_eq!(parse(Some("FR"), text), Some(expected), "{text}");
    }
}

#[test]
fn regions() {
    for region in ["", "F", "FRA", "ZZ", "XX", "001", "É", "France"] {
        let error = PhoneParser::new(Some(region)).unwrap_err();
        assert!(matches!(error, crate::Error::BadOption { option: "region", .. }), "{region}");
    }
    for (code, _) in table::REGIONS {
        assert!(PhoneParser::new(Some(code)).is_ok(), "{code}");
    }
}

#[test]
fn debug_output_has_no_number() {
    fn shared<T: Send + Sync + std::fmt::Debug>() {}
    shared::<PhoneParser>();
    assert!(!super::BACKEND_VERSION.is_empty());
    let phone = PhoneParser::default().parse("0612345678").unwrap();
    assert_eq!((phone.normalized(), format!("{phone:?}").as_str()), ("0612345678", "ParsedPhone { .. }"));
}

fn check_invariants(region: Option<&str>, text: &str) -> std::result::Result<(), TestCaseError> {
    let parser = PhoneParser::new(region).unwrap();
    let Some(phone) = parser.parse(text) else { return Ok(()) };
    prop_assert!((2..=21).contains(&phone.digits.len()) && phone.digits.bytes().all(|b| b.is_ascii_digit()));
    prop_assert_eq!(parser.parse(text), Some(phone.clone()));
    if let Some(e164) = &phone.e164 {
        prop_assert!(e164.starts_with('+') && (5..=21).contains(&e164.len()));
        for region in [region, None] {
            let again = PhoneParser::new(region).unwrap().parse(e164);
            prop_assert_eq!(again.and_then(|again| again.e164), phone.e164.clone());
        }
    }
    Ok(())
}

const REGIONS: [&str; 9] = ["FR", "US", "RU", "AR", "BR", "KZ", "DE", "IT", "GB"];

proptest! {
    // The alternative backend takes milliseconds for each number.
    #![proptest_config(crate::support::cases(if cfg!(feature = "phonenumber") { 300 } else { 2_000 }))]

    #[test]
    fn any_text(text in any::<String>(), region in proptest::option::of(proptest::sample::select(&REGIONS[..]))) {
        check_invariants(region, &text)?;
    }

    #[test]
    fn any_number(
        text in "[+0]{0,2}[0-9 ().٣／-]{2,24}([;,xp#]{1,2}[0-9=a-z]{0,6})?",
        region in proptest::option::of(proptest::sample::select(&REGIONS[..])),
    ) {
        check_invariants(region, &text)?;
    }
}

#[cfg(not(feature = "phonenumber"))]
proptest! {
    #![proptest_config(crate::support::cases(2_000))]

    /// Texts that reach the backend as they are: letters, contexts, extensions.
    #[test]
    fn texts_agree_with_rlibphonenumber(
        text in "(tel:|[+＋(]{1,2})?[0-9 ().٣０／-]{1,12}[a-zA-Z0-9 .٣*#~-]{0,12}([-;,.:#~/ ]{0,2}(ext|extn|Extensión|xｔ|доб|int|x|#|;phone-context=|;isub=|;ext=|/x)?[+: .-]{0,2}[0-9٣]{0,10}([.a-z0-9-]{1,9}|#)?){0,2}",
        region in proptest::option::of(proptest::sample::select(&REGIONS[..])),
    ) {
        // `rlibphonenumber` panics on `tel:` after a context.
        prop_assume!(text.split_once(";phone-context=").is_none_or(|(_, rest)| !rest.contains("tel:")));
        let [actual, expected] = both_answers(region, &text);
        prop_assert_eq!(actual, expected);
    }
}
