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

proptest! {
    #![proptest_config(crate::tests::cases(256))]

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
