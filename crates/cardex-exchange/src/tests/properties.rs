//! Generated contacts survive round trips; no input panics.

use proptest::prelude::*;

use crate::tests::*;

prop_compose! {
    fn phone()(text in "[+]?[0-9][0-9 ()-]{0,12}[0-9]", label in "(|cell|work|home fax|fax work|CELL|my, label;|é)")
        -> cardex::NewPhone { cardex::NewPhone::new(text).label(label) }
}

prop_compose! {
    fn contact()(
        names in prop::collection::vec("(|[A-Za-zé=+'\",;:\\\\山😀]([A-Za-z =+@'\",;:\\\\\n山😀-]{0,12}[A-Za-z'\",;:\\\\])?)", 6),
        language in "(|fr|en-GB)",
        places in prop::array::uniform2("(|[A-Za-zé,;:]([A-Za-z ,;:\\\\山]{0,6}[A-Za-z])?)"),
        phones in prop::collection::vec(phone(), 0..6),
        emails in prop::collection::vec(("[a-z+=']{1,5}@[a-z.]{1,5}", "(|work|other label)"), 0..6),
        identifiers in prop::collection::vec(("(|[a-z:\\\\\",]{1,3})", "[a-z:=+\\\\\"]{1,4}"), 0..3),
    ) -> NewContact {
        let mut new = NewContact::new(Network::LINE, names[0].clone(), names[1].clone())
            .display_name(names[2].clone()).nickname(names[3].clone()).company(names[4].clone())
            .uid(names[5].replace('\n', " ").trim()).language(language)
            .city(places[0].clone()).country(places[1].clone());
        for phone in phones {
            new = new.phone(phone);
        }
        for (text, label) in emails {
            new = new.email(cardex::NewEmail::new(text).label(label));
        }
        for (namespace, value) in identifiers {
            new = new.identifier(namespace, value);
        }
        new
    }
}

/// A line of a card as programs write it.
fn line() -> impl Strategy<Value = String> {
    let text = "[A-Za-zé山][A-Za-zé山 .'-]{0,14}[a-z山]";
    let escaped = "[A-Za-zé][A-Za-z ]{0,6}(\\\\[,;n]|é|山)[a-z]{1,5}";
    let kind = "(|;TYPE=home|;TYPE=work|;TYPE=cell|;TYPE=home,fax|;TYPE=work;PREF=1|;TYPE=Cottage)";
    let labelled = ("item[1-4]", text).prop_map(|(group, label)| format!("\n{group}.X-ABLabel:{label}"));
    let labelled = prop_oneof![4 => Just(String::new()), 1 => labelled];
    prop_oneof![
        4 => (kind, "[+][1-9][0-9]{6,11}", labelled.clone())
            .prop_map(|(kind, number, label)| with_group(&format!("TEL{kind}:{number}"), &label)),
        1 => (kind, "call [a-z]{3,8} at night").prop_map(|(kind, text)| format!("TEL{kind}:{text}")),
        4 => (kind, "[a-z]{1,6}@[a-z]{1,6}[.]example", labelled)
            .prop_map(|(kind, address, label)| with_group(&format!("EMAIL{kind}:{address}"), &label)),
        2 => (kind, text, text, "[0-9]{5}").prop_map(|(kind, street, city, code)| {
            format!("ADR{kind}:;;{street};{city};;{code};Norway")
        }),
        3 => (prop::sample::select(vec!["NOTE", "TITLE", "ROLE", "ORG", "FN", "X-SIP", "X-CUSTOM-Thing"]), escaped)
            .prop_map(|(name, text)| format!("{name}:{text}")),
        1 => (text, text).prop_map(|(one, other)| format!("NICKNAME:{one},{other}")),
        1 => (text, text).prop_map(|(one, other)| format!("ORG:{one};{other}")),
        1 => "(BDAY|ANNIVERSARY):((19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9])|--0[1-9]1[0-9])",
        1 => "BDAY;VALUE=text:circa [0-9]{4}",
        1 => "(URL|SOURCE|FBURL)(|;TYPE=work|;PREF=2):https://[a-z]{1,8}[.]example/[a-z]{0,5}",
        1 => "IMPP:(xmpp|sip):[a-z]{1,8}@[a-z]{1,5}[.]example",
        1 => "RELATED;TYPE=(friend|child|spouse);VALUE=text:[A-Z][a-z]{1,8}",
        1 => "(PHOTO|LOGO):data:image/(png|jpeg);base64,[A-Za-z0-9]{16,32}",
        1 => "(GEO:geo:[1-8][0-9][.][0-9]{2},1[0-9][.][0-9]{2}|TZ:Europe/Oslo|LANG;PREF=[1-3]:(nb|en)|GENDER:[MFON])",
        1 => (text, text).prop_map(|(one, other)| format!("CATEGORIES:{one},{other}")),
        1 => (text, text).prop_map(|(one, other)| format!("NOTE;LANGUAGE=fr;ALTID=1:{one}\nNOTE;ALTID=1:{other}")),
    ]
}

/// A line with the group of the line of its label, if it has one.
fn with_group(line: &str, label: &str) -> String {
    let group = label.trim_start().split_once('.').map(|(group, _)| format!("{group}."));
    format!("{}{line}{label}", group.unwrap_or_default())
}

proptest! {
    #![proptest_config(crate::tests::cases(256))]

    /// Everything that a card says is in the export of every format, and is read again.
    #[test]
    fn cards_of_any_properties_round_trip_through_every_format(lines in prop::collection::vec(line(), 1..14)) {
        let text = format!(
            "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada Byron\r\nN:Byron;Ada;;;\r\n{}\r\nEND:VCARD\r\n",
            lines.join("\n").replace('\n', "\r\n")
        );
        let first = one(text.as_bytes(), Format::VCard);
        let expected = String::from_utf8(written(&first, Format::VCard, WriteOptions::new())).unwrap();
        for line in &lines {
            let value = line.split('\n').next().and_then(|line| line.split_once(':')).unwrap().1;
            let words = value.split([',', ';', '\\']).map(|word| word.trim_start_matches('n').trim());
            for word in words.filter(|word| word.len() > 3) {
                prop_assert!(expected.replace("\r\n ", "").contains(word), "{word} of {line} is not in\n{expected}");
            }
        }
        for (format, options) in [
            (Format::VCard, WriteOptions::new()),
            (Format::VCard, WriteOptions::new().vcard_3(true)),
            (Format::VCard, WriteOptions::new().vcard_2_1(true)),
            (Format::JsContact, WriteOptions::new()),
            (Format::JCard, WriteOptions::new()),
        ] {
            let file = written(&first, format, options.clone());
            let again = one(&file, format);
            let back = String::from_utf8(written(&again, Format::VCard, WriteOptions::new())).unwrap();
            prop_assert_eq!(back, expected.as_str(), "{} {:?}\n{}", format, options, String::from_utf8_lossy(&file));
        }
    }

    #[test]
    fn contacts_round_trip(new in contact()) {
        // The first round trip may add a card; after that the record is stable.
        let text = written(&new, Format::VCard, WriteOptions::new());
        let first = one(&text, Format::VCard);
        prop_assert_eq!(record_content(&first), (record_content(&new).0, card_after_vcard_round_trip(&new)), "{}", String::from_utf8_lossy(&text));
        prop_assert_eq!(card_after_vcard_round_trip(&first), first.card.clone());
        assert_round_trip(&first);
        for format in [Format::Csv, Format::JsonLines] {
            let again = one(&written(&new, format, WriteOptions::new()), format);
            prop_assert_eq!(record_content(&again), record_content(&new));
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for format in [Format::VCard, Format::Csv, Format::JsonLines] {
            let _ = all(&bytes, format);
        }
    }

    #[test]
    fn no_card_panics(lines in prop::collection::vec(
        "(item1[.])?(N|FN|TEL|EMAIL|ORG|ADR|PHOTO|BDAY|X-ABLabel|AGENT|UID|IMPP|RELATED|X-Q|JSPROP|GENDER|NOTE)(;(TYPE|VALUE|ENCODING|CHARSET|PREF|LANGUAGE|LANGUAGE|ALTID|JSPTR)=(home|uri|b|en|QUOTED-PRINTABLE|UTF-16|1|fr|\"a,b\")){0,2}:[ -~é=\t]{0,30}",
        0..8,
    ), version in "(2[.]1|3[.]0|4[.]0)") {
        let text = format!("BEGIN:VCARD\nVERSION:{version}\n{}\nEND:VCARD\n", lines.join("\n"));
        for record in all(text.as_bytes(), Format::VCard).into_iter().flatten() {
            let again = one(&written(&record.contact, Format::VCard, WriteOptions::new()), Format::VCard);
            prop_assert_eq!(record_content(&again), record_content(&record.contact), "{}", text);
        }
    }

    #[test]
    fn no_table_panics(text in "(name|phone|e-mail|card|x)([,;\t\"\n](name|\"|'|=|é|1|@|\\{\\}| ::: )){0,20}") {
        let _ = all(text.as_bytes(), Format::Csv);
        let _ = all(text.as_bytes(), Format::JsonLines);
    }
}
