//! Work that hostile input causes: linear, limited, and stopped by an interrupt or a deadline.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::time::{Duration, Instant};

use cardex::contacts::ImportOutcome;
use cardex::{Actor, Field, Interrupt, Network, Options, Session, ValidationError};

use crate::{Format, ImportOptions, ImportReport, Reader, import};

fn session() -> Session {
    Options::new().id_seed(1).open_in_memory().unwrap().session(Actor::System)
}

fn run(session: &Session, format: Format, input: impl BufRead + Send) -> cardex::Result<ImportReport> {
    import(session, input, &ImportOptions::new(format, Network::SMS_DIRECT), |_| ())
}

/// Regression test: the cost was the square of the number of phones. A card of 40,000 phones took 5 seconds in a release build.
#[test]
fn a_card_with_very_many_phones_is_limited_before_it_is_converted() {
    let mut card = String::from("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Many\r\n");
    for number in 0..300_000 {
        write!(card, "TEL:+3361{number:07}\r\n").unwrap();
    }
    card.push_str("END:VCARD\r\n");
    let begin = Instant::now();
    let records: Vec<_> = Reader::new(card.as_bytes(), Format::VCard, Network::SMS_DIRECT).collect();
    let [Ok(record)] = &records[..] else { panic!("one record") };
    assert_eq!(record.contact.phones.len(), 1_000);
    let warnings: Vec<_> =
        record.warnings.iter().map(|one| (one.field, one.reason.clone(), one.count)).collect();
    // The limit counts the lines VERSION and FN too.
    assert_eq!(
        warnings[..2],
        [
            (Field::Card, ValidationError::TooMany { limit: 4_096 }, 295_906),
            (Field::Phone, ValidationError::TooMany { limit: 1_000 }, 1),
        ]
    );
    assert_eq!(warnings.len(), 22, "after twenty equal ones, the last counts the others");
    assert_eq!(warnings[21], (Field::Phone, ValidationError::TooMany { limit: 1_000 }, 3_074));
    assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
}

#[test]
fn each_warning_has_its_value_and_its_line() {
    let card = "BEGIN:VCARD\nFN:A\nTEL:none\nTEL:nil\nTEL:123456\nno property\nnor this\nEND:VCARD\n";
    let records: Vec<_> = Reader::new(card.as_bytes(), Format::VCard, Network::SMS_DIRECT).collect();
    let warnings = &records[0].as_ref().unwrap().warnings;
    let found: Vec<_> = warnings.iter().map(|one| (one.field, one.value.as_str(), one.line)).collect();
    let expected = [
        (Field::Card, "no property", 6),
        (Field::Card, "nor this", 7),
        (Field::Phone, "none", 3),
        (Field::Phone, "nil", 4),
    ];
    assert_eq!(found, expected);
    assert!(!format!("{warnings:?}").contains("none"), "values stay out of logs");
}

/// An input that never ends and has no line break.
fn endless(start: &'static [u8]) -> impl BufRead + Send {
    BufReader::new(start.chain(std::io::repeat(b'x')))
}

#[test]
fn an_interrupt_stops_the_reading_of_an_endless_line() {
    for (format, start) in [
        (Format::VCard, &b"BEGIN:VCARD\nNOTE:"[..]),
        (Format::Csv, b"first name\n"),
        (Format::JsonLines, b"{\"firstName\":\""),
    ] {
        let stop = Interrupt::new();
        let interrupted = session().interrupted_by(&stop);
        let after = stop.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            after.interrupt();
        });
        assert_eq!(
            run(&interrupted, format, endless(start)).unwrap_err().code(),
            "interrupted",
            "{format:?}"
        );
        let limited = session().deadline(Duration::from_millis(50));
        assert_eq!(run(&limited, format, endless(start)).unwrap_err().code(), "deadline", "{format:?}");
    }
}

/// What was committed before an interrupt was reported and is kept.
#[test]
fn an_interrupted_import_keeps_what_it_reported() {
    let stop = Interrupt::new();
    let session = session().interrupted_by(&stop);
    let lines: Vec<_> = (0..2_000).map(|n| format!("{{\"firstName\":\"N{n}\"}}\n")).collect();
    let file = lines.concat();
    let options = ImportOptions::new(Format::JsonLines, Network::SMS_DIRECT).batch(10);
    let mut added = 0;
    let error = import(&session, file.as_bytes(), &options, |progress| {
        added += usize::from(matches!(progress.outcome, ImportOutcome::Added(_)));
        if progress.report.added == 100 {
            stop.interrupt();
        }
    });
    assert_eq!(error.unwrap_err().code(), "interrupted");
    stop.reset();
    assert!((100..2_000).contains(&added), "{added}");
    assert_eq!(session.contacts().total().unwrap(), added as u64);
}

#[test]
fn times_of_json_lines_are_reported_as_not_imported() {
    let file = "{\"firstName\":\"A\",\"createdAt\":\"2020-01-01T00:00:00Z\"}\n{\"firstName\":\"B\"}\n";
    let session = session();
    let report = run(&session, Format::JsonLines, file.as_bytes()).unwrap();
    assert_eq!((report.added, report.with_warnings, report.without_times), (2, 0, 1));
}

/// Wide and deep JSON is one rejected record or one contact, in linear time.
#[test]
fn deep_and_wide_json_is_limited() {
    let deep = format!("{}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let wide: Vec<_> = (0..100_000).map(|n| format!(",\"k{n}\":1")).collect();
    let file = format!("{deep}{{\"firstName\":\"A\"{}}}\n", wide.concat());
    let report = run(&session(), Format::JsonLines, file.as_bytes()).unwrap();
    assert_eq!((report.added, report.rejected), (1, 1));
}
