//! Files of other programs, valid and damaged.

use crate::Warning;
use crate::tests::*;
use cardex::Field;
use cardex::ValidationError;

#[test]
fn formats_by_name() {
    for (path, format) in [
        ("a.vcf", Some(Format::VCard)),
        ("a.VCARD", Some(Format::VCard)),
        ("dir.vcf/a.csv", Some(Format::Csv)),
        ("a.tsv", Some(Format::Csv)),
        ("a.ndjson", Some(Format::JsonLines)),
        ("a.jsonl", Some(Format::JsonLines)),
        ("vcf", None),
        ("", None),
    ] {
        assert_eq!(Format::from_path(path), format, "{path}");
    }
}

/// The records of a fixture as text: `first|last|display|nickname|company|language|uid; phones; emails`.
fn record_lines(bytes: &[u8], format: Format) -> Vec<String> {
    let record = |record: Result<Record, Error>| match record {
        Err(error) => error.to_string(),
        Ok(record) => {
            let new = &record.contact;
            let texts = [&new.first_name, &new.last_name, &new.display_name, &new.nickname, &new.company];
            let texts: Vec<_> = texts.iter().map(|t| t.as_str()).collect();
            let phones: Vec<_> = new.phones.iter().map(|p| format!("{}={}", p.label, p.text)).collect();
            let emails: Vec<_> = new.emails.iter().map(|p| format!("{}={}", p.label, p.text)).collect();
            let warnings = record
                .warnings
                .iter()
                .map(|w| format!(" !{} {}", w.field, w.reason))
                .collect::<Vec<_>>()
                .concat();
            assert_round_trip(new);
            format!(
                "{}: {}; {}; {}{warnings}",
                record.line,
                texts.join("|"),
                phones.join(","),
                emails.join(",")
            )
        }
    };
    all(bytes, format).into_iter().map(record).collect()
}

#[test]
fn vcards() {
    for (name, bytes, expected) in [
        (
            "quoted",
            &include_bytes!("../../tests/data/quoted.vcf")[..],
            &[
                "1: Renée|Dupont|||; cell=0612345678; ",
                "11: 太郎|山田|||日本電気; work=03-1234-5678; ",
                "20: Zoë|Łukasz|||; =555 0100; =zoe@example.com",
            ][..],
        ),
        (
            "grouped",
            include_bytes!("../../tests/data/grouped.vcf"),
            &[
                "2: Ann Mary|Lee|Dr. Ann Lee|Annie|Acme, Inc.; cell=+1 555 0101,Assistant=+1 555 0102,my desk=+1 555 0103; \
             work=ann@example.com,home=lee@example.org",
            ],
        ),
        (
            "version4",
            include_bytes!("../../tests/data/version4.vcf"),
            &["1: Jo|Roe|||; cell=+33-6-12-34-56-78,work=+1-555-0104;ext=7; =jo@example.com"],
        ),
        (
            "broken",
            include_bytes!("../../tests/data/broken.vcf"),
            &[
                "vCard, line 1: text outside of a card: a card begins with BEGIN:VCARD",
                "2: A|One|||; ; =a@example.com",
                "vCard, line 7: the card is cut off: another begins on line 10",
                "10: René|Müller|||; =12345,=no number;  !card not a JSContact card: a line is not a property \
             !phone not a phone number !email not an e-mail address",
                "vCard, line 19: the card is cut off: the file ends before END:VCARD",
            ],
        ),
        ("empty", b"", &[]),
        ("blank", b"\r\n\n \n", &[]),
    ] {
        let found = record_lines(bytes, Format::VCard);
        let expected: Vec<String> = expected.iter().map(|e| e.replace("@             ", "")).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn tables() {
    for (name, text, expected) in [
        (
            "bad row",
            "First Name,Last Name,Phone\r\nA,One,123\r\nB,Two\r\nC,Three,456,7\r\n\"D\",\"Four\nmore\",789\r\nE,Five,x\r\n",
            &[
                "2: A|One|||; =123; ",
                "3: B|Two|||; ; ",
                "4: C|Three|||; =456;  !card not a JSContact card: a cell has no heading",
                "5: D|Four\nmore|||; =789; ",
                "7: E|Five|||; =x;  !phone not a phone number",
            ][..],
        ),
        (
            "formulas",
            "name;Phone 1 - Value;notes\n'=1+1;'+33 6;'@x\n+A;-5 55;'x'\n",
            &["2: ||=1+1||; =+33 6; ", "3: ||+A||; =-5 55; "],
        ),
        (
            "google",
            "Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Organization 1 - Name,Birthday\n\
          Ann,Lee,* Home,ann@example.com ::: lee@example.com,Mobile,555 0101 ::: 555 0102,Acme,1980-01-02\n",
            &["2: Ann|Lee|||Acme; cell=555 0101,cell=555 0102; home=ann@example.com,home=lee@example.com"],
        ),
        (
            "outlook",
            "First Name\tLast Name\tCompany\tBusiness Fax\tBusiness Phone\tMobile Phone\tE-mail Address\tE-mail Type\n\
          Ann\tLee\tAcme\t1111\t2222\t3333\tann@example.com\tSMTP\n",
            &["2: Ann|Lee|||Acme; cell=3333,work=2222,work fax=1111; =ann@example.com"],
        ),
        (
            "no header",
            "Ann,Lee,555\nBob,Ray,556\n",
            &[
                "CSV, line 1: no known heading: a row must name the columns, or give their meaning (heading=field)",
            ],
        ),
        ("no mail", "name,email\nAnn,ann\n", &["2: ||Ann||; ;  !email not an e-mail address"]),
        (
            "open quote",
            "name,phone\n\"Ann,111\nBob,222\n",
            &["CSV, line 2: a quote is not closed", "3: ||Bob||; =222; "],
        ),
        (
            "network",
            "name,network\nAnn,line\nBob,no such!\n",
            &[
                "2: ||Ann||; ; ",
                "CSV, line 3: network: has a character that is not allowed: A-Z, 0-9, - and _",
            ],
        ),
        ("empty", "", &[]),
    ] {
        assert_eq!(record_lines(text.as_bytes(), Format::Csv), expected, "{name}");
        let units: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(record_lines(&units, Format::Csv), expected, "{name} in UTF-16");
    }
    // A file with one byte per character, and such a row in a UTF-8 file.
    assert_eq!(record_lines(b"name\nRen\xE9\n", Format::Csv), ["2: ||René||; ; "]);
    let mixed = [&b"name\nZo\xC3\xAB\nRen\xE9\nAnn\n"[..]].concat();
    let found = record_lines(&mixed, Format::Csv);
    assert_eq!(
        found[1..],
        ["CSV, line 3: the text is not valid UTF-8".to_owned(), "4: ||Ann||; ; ".to_owned()]
    );
}

#[test]
fn json_lines() {
    let text = concat!(
        r#"{"firstName":"Ann","lastName":"Lee","displayName":"Ann Lee","phones":["+1 555",{"text":"none","label":"x"}],"note":{"a":1}}"#,
        "\n\n",
        r#"{"firstName":1}"#,
        "\n",
        r#"{"firstName":"Ann""#,
        "\n[]\n",
        r#"{"company":"Acme","emails":[{"text":"a@b","label":"work"}],"card":{"@type":"Card","version":"1.0","notes":{"n":{"note":"x"}}}}"#,
    );
    assert_eq!(
        record_lines(text.as_bytes(), Format::JsonLines),
        [
            "1: Ann|Lee|||; =+1 555,x=none;  !phone not a phone number".to_owned(),
            "JSON Lines, line 3: firstName: must be a text".into(),
            "JSON Lines, line 4: the JSON ends too early".into(),
            "JSON Lines, line 5: not a JSON object".into(),
            "6: ||||Acme; ; work=a@b".into(),
        ]
    );
    let card = one(text.lines().next().unwrap().as_bytes(), Format::JsonLines).card.unwrap();
    assert!(card.contains(r#""note":{"a":1}"#));
}

#[test]
fn nothing_of_a_card_is_lost() {
    for bytes in
        [&include_bytes!("../../tests/data/grouped.vcf")[..], include_bytes!("../../tests/data/version4.vcf")]
    {
        let new = one(bytes, Format::VCard);
        let text = String::from_utf8(written(&new, Format::VCard, WriteOptions::new())).unwrap();
        let unfolded = |text: &str| text.replace("\r\n", "\n").replace("\n ", "").replace("\\,", ",");
        let (given, text) = (unfolded(std::str::from_utf8(bytes).unwrap()), unfolded(&text));
        for line in
            given.lines().filter(|line| !line.to_uppercase().contains("VCARD") && !line.contains("VERSION"))
        {
            let value = line.split_once(':').unwrap_or_default().1.trim_start_matches("tel:");
            assert!(text.contains(value.rsplit("\":").next().unwrap()), "{line} in\n{text}");
        }
    }
}

#[test]
fn fields_win_over_the_card() {
    let new = one(include_bytes!("../../tests/data/grouped.vcf"), Format::VCard);
    let (mut contact, card) = contact_as_stored(&new);
    contact.first_name = "Anna".into();
    contact.display_name = "Anna Lee".into();
    contact.company = "Other; Ltd".into();
    contact.nickname = String::new();
    contact.phones.swap(0, 2);
    contact.phones.remove(1);
    contact.phones.push(phone("+44 20 7946 0000", "the office"));
    contact.emails[0].label = "home".into();
    let mut writer = Writer::new(Vec::new(), Format::VCard, WriteOptions::new());
    writer.write(&contact, card.as_deref()).unwrap();
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    let again = one(text.as_bytes(), Format::VCard);
    let mut changed = new.clone();
    changed.first_name = "Anna".into();
    changed.display_name = String::new();
    changed.company = "Other; Ltd".into();
    changed.nickname = String::new();
    changed.phones.swap(0, 2);
    changed.phones.remove(1);
    changed.phones.push(cardex::NewPhone::new("+44 20 7946 0000").label("the office"));
    changed.emails[0].label = "home".into();
    assert_eq!(record_content(&again).0, record_content(&changed).0, "{text}");
    // The unit of the company, the middle name and the photo stay; the label of the removed phone does not.
    for part in ["ORG:Other\\; Ltd;Sales", ";Jane;Dr.;", "PHOTO:data:image/png;base64,"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(!text.contains("Assistant"), "{text}");
    assert_round_trip(&again);
}

#[test]
fn a_plain_contact_needs_no_card() {
    for text in [
        "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Lee\nN:Lee;Ann;;;\nEMAIL;TYPE=INTERNET:a@b\nTEL;TYPE=CELL:55\nEND:VCARD",
        "BEGIN:VCARD\nVERSION:4.0\nFN:Boss\nN:Lee;Ann;;;\nORG:Acme\nUID:urn:x:1\nLANG:fr\nEND:VCARD",
    ] {
        assert_eq!(one(text.as_bytes(), Format::VCard).card, None, "{text}");
    }
}

#[test]
fn extra_columns_are_written_again() {
    let new = one(b"name,Size,Remark\nAnn,1980-01-02,=x\n", Format::Csv);
    let options = || WriteOptions::new().csv_columns(["Size", "Remark"]).csv_card(false);
    let text = written(&new, Format::Csv, options());
    assert!(String::from_utf8_lossy(&text).ends_with("1980-01-02,'=x\r\n"));
    assert_eq!(record_content(&one(&text, Format::Csv)), record_content(&new));
    // Also through a vCard.
    let text = written(&new, Format::VCard, WriteOptions::new());
    let again = one(&text, Format::VCard);
    assert!(again.card.as_ref().unwrap().contains(r#""cardex.app:csv":{"Remark":"=x","Size":"1980-01-02"}"#));
    assert_eq!(card_after_vcard_round_trip(&new), again.card);
}

#[test]
fn limits_are_checked() {
    let big = "x".repeat(cardex::limits::CARD);
    let text = format!("BEGIN:VCARD\nNOTE:{big}\nEND:VCARD\nBEGIN:VCARD\nFN:Ann\nEND:VCARD\n");
    let found = all(text.as_bytes(), Format::VCard);
    assert!(matches!(&found[0], Err(Error::Format { line: 1, .. })) && found[1].is_ok());
    let long = format!("BEGIN:VCARD\nFN:Ann\nTEL:{}\nEND:VCARD", "1".repeat(65));
    let found = all(long.as_bytes(), Format::VCard);
    let warnings = &found[0].as_ref().unwrap().warnings;
    assert!(matches!(
        warnings[..],
        [Warning {
            field: Field::Phone,
            reason: ValidationError::TooLong { limit: 64 },
            count: 1,
            line: 3,
            ..
        }]
    ));
}

#[test]
fn an_input_error_ends_the_reader() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("gone"))
        }
    }
    for format in [Format::VCard, Format::Csv, Format::JsonLines] {
        let mut reader = Reader::new(std::io::BufReader::new(Broken), format, Network::SMS);
        assert!(matches!(reader.next(), Some(Err(Error::Io(_)))));
        assert!(reader.next().is_none());
    }
}
