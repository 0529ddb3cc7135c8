//! vCards: boundaries of cards, lines, character sets, values that fields do not hold, and what an export has of them.

use crate::book::{Book, has_lines};
use cardex::Network;
use cardex_exchange::{Format, ImportOptions, MissingProperties, WriteOptions};

/// The names of the contacts, what the import counts, and lines of the export as 4.0.
type Case = (&'static str, [u64; 4], &'static [&'static str], &'static [&'static str]);

const CASES: &[Case] = &[
    ("v01-grouped-labels.vcf", [1, 0, 0, 0], &["Kai Nord"], &["C3.TEL;PREF=1;TYPE=cell:+49 170 5550103"]),
    ("v02-n-misescaped.vcf", [1, 0, 0, 0], &["Mia Stern"], &["FN:Mia Stern"]),
    ("v05-qp-split.vcf", [1, 0, 0, 0], &["Олег Сокол"], &["FN:Олег Сокол"]),
    (
        "v06-qp-rfc-folded.vcf",
        [1, 0, 0, 0],
        &["Jörg Grün"],
        &["ADR;TYPE=home:;;Hauptstraße 12;Köln;;50667;", "NOTE:Zeile 1\\nZeile 2"],
    ),
    ("v07-sound-irmc.vcf", [1, 0, 0, 0], &["Eva Lund"], &["TEL;PREF=1;TYPE=cell:+4520555107"]),
    ("v08-bday-no-year.vcf", [2, 0, 0, 0], &["Ida Nix", "Ole Nix"], &["BDAY:--0512"]),
    (
        "v09-photo-data-escaped.vcf",
        [1, 0, 0, 0],
        &["Pia Bild"],
        &["PHOTO:data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="],
    ),
    ("v11-lower-qp.vcf", [1, 0, 0, 0], &["Kühn GmbH"], &["EMAIL:info@kuehn.example"]),
    ("v12-empty-ablabel.vcf", [1, 0, 0, 0], &["Tom Leer"], &["item1.TEL:0125550112"]),
    (
        "v13-org-only.vcf",
        [4, 0, 0, 0],
        &["Quay Books", "Harbour Cafe", "Mill & Co", "Third Ltd"],
        &["ORG:Harbour Cafe;Kitchen"],
    ),
    ("v14-fn-only.vcf", [1, 0, 0, 0], &["Lea Marlen Voss"], &["FN:Lea Marlen Voss"]),
    ("v15-n-only.vcf", [1, 0, 0, 0], &["Jan Voss"], &["N:Voss;Jan;Piet;Dr.;jun."]),
    ("v19-cr-only.vcf", [2, 0, 0, 0], &["Mac Olson", "Two Olson"], &[]),
    ("v20-utf16le.vcf", [2, 0, 0, 0], &["Søren Ås", "山田 花子"], &[]),
    ("v21-utf16be.vcf", [1, 0, 0, 0], &["Søren Ås"], &[]),
    (
        "v22-altid-names.vcf",
        [1, 0, 0, 0],
        &["山田花子"],
        &[
            "N;ALTID=1;LANGUAGE=ja;SORT-AS=\"ヤマダ,ハナコ\":山田;花子;;;",
            "N;ALTID=1;LANGUAGE=en:Yamada;Hanako;;;",
        ],
    ),
    ("v23-agent-inline.vcf", [1, 0, 0, 0], &["Boss Lady"], &["TEL:+1 212 555 0124"]),
    ("v24-agent-nested-3.vcf", [2, 0, 0, 0], &["After Nest", "Chief Nest"], &["TEL:+1 212 555 0126"]),
    (
        "v25-photo-loose-base64.vcf",
        [2, 0, 0, 0],
        &["Bea Berry", "Ray Unfold"],
        &["TEL;TYPE=cell:+1 212 555 0127"],
    ),
    ("v26-shared-landline.vcf", [2, 0, 0, 0], &["Ann Pair", "Bob Pair"], &[]),
    ("v27-same-uid.vcf", [1, 1, 0, 0], &["Other Twin"], &["TEL:+49 30 5550128", "EMAIL:other@twin.example"]),
    ("v28-long-note.vcf", [1, 0, 0, 0], &["Long Note"], &[]),
    (
        "v29-x-props.vcf",
        [1, 0, 0, 0],
        &["Xenia Props"],
        &["X-TWITTER:@xenia", "X-RAW;X-P=\"a;b\":x\\,y;z", "X-EMPTY:", "item2.X-ABLabel:First day"],
    ),
    ("v30-glued-cards.vcf", [3, 0, 0, 0], &["Glue One", "Glue Two", "Glue Three"], &["TEL:+49 30 5550302"]),
    ("v32-indented.vcf", [0, 0, 0, 1], &[], &[]),
    ("v33-trailing-space.vcf", [1, 0, 0, 0], &["Trail Space"], &[]),
    ("v36-adr-city.vcf", [1, 0, 0, 0], &["Cleo City"], &["ADR;TYPE=home:;;1 Hill St;Lyon;;69001;France"]),
    ("v37-charset-cp1252.vcf", [1, 0, 0, 0], &["Jörg €uro"], &[]),
    ("v38-charset-sjis-qp.vcf", [1, 0, 0, 0], &["ソラ 表示"], &[]),
    ("v39-charset-sjis-raw.vcf", [1, 0, 0, 0], &["ソラ 表示"], &["ORG:十ソ"]),
    ("v41-no-version.vcf", [1, 0, 0, 0], &["No Version"], &[]),
    (
        "v42-related-etc.vcf",
        [1, 0, 0, 0],
        &["Rela Ted"],
        &[
            "BDAY;VALUE=text:circa 1800",
            "DEATHDATE:---12",
            "HOBBY;LEVEL=high:reading",
            "PRONOUNS;LANGUAGE=en:she/her",
        ],
    ),
    ("v43-pref-order.vcf", [1, 0, 0, 0], &["Pre Ferred"], &["EMAIL;PREF=50:b@pref.example"]),
    ("v46-shared-email.vcf", [2, 0, 0, 0], &["Ann Pair", "Bob Pair"], &[]),
    (
        "v48-same-name.vcf",
        [3, 1, 0, 0],
        &["Max Mustermann", "Max Mustermann", "Max Mustermann"],
        &["NOTE:the other one"],
    ),
    ("v50-vanity-export.vcf", [1, 0, 0, 0], &["Van Ity"], &["TEL;TYPE=fax:+1-800-MYFAX"]),
    ("v53-vanity-only.vcf", [1, 0, 0, 0], &["Van Only"], &["TEL;TYPE=fax:+1-800-MYFAX", "EMAIL:van at only"]),
    ("v55-bad-email-export.vcf", [1, 0, 0, 0], &["Van Mail"], &["EMAIL:Van Mail <van@mail.example>"]),
    ("v56-two-fn.vcf", [1, 0, 0, 0], &["Maria Old"], &["FN:Maria Old", "FN:Maria New"]),
    (
        "v57-phone-remark.vcf",
        [1, 0, 0, 0],
        &["Rem Ark"],
        &["TEL;TYPE=work:555-0101 (Bob)", "TEL;TYPE=cell:call 555 0102 at night"],
    ),
    (
        "v60-no-name.vcf",
        [3, 0, 0, 0],
        &["1 Quay, Cork, T12, Ireland", "Night desk", "Plumber"],
        &["ORG:;Night desk"],
    ),
    ("v61-dup-points.vcf", [1, 0, 0, 0], &["Du Plicate"], &["EMAIL:D@P.example"]),
    ("v62-charset-nocharset-1252.vcf", [1, 0, 0, 0], &["Jörg Müller"], &["NOTE:€ 5 – ok"]),
    ("v63-qp-1252.vcf", [1, 0, 0, 0], &["Jörg Müller"], &[]),
    ("v64-n-adr-semicolons.vcf", [1, 0, 0, 0], &["Sem Icolon"], &["CATEGORIES:A\\,B,C"]),
    ("v65-qp-colon-semicolon.vcf", [1, 0, 0, 0], &["C,D A;B"], &["ORG:A\\;B;C"]),
    ("v66-ms-compat.vcf", [1, 0, 0, 0], &["Break Soft"], &[]),
    ("v67-quoted-params.vcf", [1, 0, 0, 0], &["Quo Ted"], &[]),
    (
        "v68-issue-mix.vcf",
        [3, 0, 0, 0],
        &["Lab El", "Z Pile Rq: Wx.no", "Whats"],
        &["ITEM2.X-ABDATE:20020304"],
    ),
    ("v72-bad-among-good.vcf", [3, 0, 0, 2], &["Good One", "Good Three", "Good Two"], &[]),
];

#[test]
fn each_file_gives_its_contacts() {
    for (name, counts, names, lines) in CASES {
        let book = Book::of(name);
        assert_eq!(book.counts(), *counts, "{name}: {:?}", book.log);
        assert_eq!(book.names(), *names, "{name}");
        has_lines(&book.vcard(), lines);
        assert!(book.store.check().unwrap().is_ok(), "{name}");
        // An export changes nothing where it comes from, and gives the same contacts in a new book.
        let contacts = book.contacts().len() as u64;
        for format in [Format::VCard, Format::Csv, Format::JsonLines] {
            let file = book.export(format, WriteOptions::new());
            let (exported, options) = (book.vcard(), ImportOptions::new(format, Network::BOOK));
            let copy = Book::new().import_with(file.as_bytes(), &options);
            assert_eq!(copy.counts(), [contacts, 0, 0, 0], "{name} {format}: {:?}\n{file}", copy.log);
            assert_eq!(copy.vcard(), exported, "{name} {format}");
            let again = Book::of(name);
            let file = again.export(format, WriteOptions::new());
            let again = again.import_with(file.as_bytes(), &options);
            assert_eq!(
                again.report.unchanged,
                contacts,
                "{name} {format}: {:?} {:?}\n{file}",
                again.counts(),
                again.log
            );
        }
    }
}

#[test]
fn a_text_that_is_no_number_is_a_phone_of_its_contact() {
    let book = Book::of("v57-phone-remark.vcf");
    let phones = ["home=+49 30 5550157", "work=555-0101 (Bob)", "cell=call 555 0102 at night"];
    assert_eq!(book.phones(), phones);
    has_lines(&book.vcard_3(), &["TEL;TYPE=work:555-0101 (Bob)", "TEL;TYPE=cell:call 555 0102 at night"]);
    for text in ["555-0101 (Bob)", "call 555 0102", "5550101", "+49 30 5550157"] {
        assert_eq!(book.session.search(text).page().unwrap().items.len(), 1, "{text}");
    }
    // It stays through an edit, and two people may have it, also where numbers are unique.
    let contact = book.one();
    let edited = book.session.edit(contact.id, cardex::ContactPatch::new().company("Acme")).unwrap();
    assert_eq!(edited.phones, contact.phones);
    let card = |name: &str| format!("BEGIN:VCARD\nFN:{name}\nTEL:ask Bob\nEND:VCARD\n");
    let options = ImportOptions::new(Format::VCard, Network::SMS_DIRECT);
    let book = book.import_with(format!("{}{}", card("A"), card("B")).as_bytes(), &options);
    assert_eq!(book.counts(), [2, 0, 0, 0]);
    assert_eq!(book.session.search("ask Bob").page().unwrap().items.len(), 2);
    assert!(book.store.check().unwrap().is_ok());
}

#[test]
fn labels_are_types_or_the_words_of_people() {
    assert_eq!(
        Book::of("v01-grouped-labels.vcf").phones(),
        ["work=+49 30 5550102", "cell=+49 170 5550103", "work=+49 30 5550101"]
    );
    let phones = Book::of("v10-custom-types.vcf").phones();
    let labels: Vec<_> = phones.iter().map(|phone| phone.split('=').next().unwrap()).collect();
    assert_eq!(labels, ["Cottage", "Дача", "barn", "work fax"]);
}

#[test]
fn a_date_without_a_year() {
    let book = Book::of("v08-bday-no-year.vcf");
    assert_eq!(book.vcard().matches("BDAY:--0512").count(), 2);
    assert_eq!(book.vcard_3().matches("BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-12").count(), 2);
    let cards = book.export(Format::JsonLines, WriteOptions::new());
    assert!(!cards.contains("1604"), "{cards}");
}

#[test]
fn lines_of_a_text_that_are_not_folded() {
    let book = Book::of("v04-note-unfolded.vcf");
    assert_eq!(book.counts(), [2, 0, 0, 0]);
    let note = "NOTE:first line\\nsecond line of the note\\nOffice: room 12\\nthird: after that";
    has_lines(&book.vcard(), &[note]);
    let card = "BEGIN:VCARD\nVERSION:3.0\nFN:Ana Berg\nHolm-Lind\nN:Berg\nHolm-Lind;Ana;;;\nEND:VCARD\n";
    let contact = Book::new().import_bytes("a.vcf", card.as_bytes()).one();
    assert_eq!(
        (contact.display_name.as_str(), contact.last_name.as_str()),
        ("Ana Berg Holm-Lind", "Berg Holm-Lind")
    );
}

#[test]
fn files_that_are_appended_to_each_other() {
    let card = |name: &str| format!("\u{feff}BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nEND:VCARD");
    let file = format!("{}\r\n{}{}", card("A"), card("B"), card("C").trim_start_matches('\u{feff}'));
    let book = Book::new().import_bytes("a.vcf", file.as_bytes());
    assert_eq!((book.counts(), book.names()), ([3, 0, 0, 0], vec!["A".into(), "B".into(), "C".into()]));
}

#[test]
fn a_warning_has_its_value_and_a_rejection_its_card() {
    let book = Book::of("v72-bad-among-good.vcf");
    let expected = [
        "line 15: phone 'extension four': not a phone number",
        "line 16: email 'two at mail': not an e-mail address",
        "line 17: card 'some stray words': not a JSContact card: a line is not a property",
    ];
    for line in expected {
        assert!(book.log.iter().any(|found| found == line), "{line}: {:?}", book.log);
    }
    let cards = "BEGIN:VCARD\nFN:Ann\nTEL:+33612345678\nEND:VCARD\nBEGIN:VCARD\nFN:Bob\nTEL:+33612345678\nEND:VCARD\n";
    let book =
        Book::new().import_with(cards.as_bytes(), &ImportOptions::new(Format::VCard, Network::SMS_DIRECT));
    assert_eq!(book.counts(), [1, 0, 0, 1]);
    let log = &book.log[0];
    assert!(
        log.starts_with("line 5: Bob '+33612345678' rejected: phone is already held by contact "),
        "{log}"
    );
}

#[test]
fn categories_are_tags() {
    let book = Book::of("v16-categories.vcf");
    for tag in ["VIP", "Family", "\"Choir, old\""] {
        assert_eq!(book.filtered(&format!("tag = {tag}")), ["Uta Berg"], "{tag}");
    }
    has_lines(&book.vcard(), &["CATEGORIES:Choir\\, old,Family,VIP"]);
    let tag = book.session.tags().add(cardex::tags::TagPatch::new().name("New")).unwrap().id;
    book.session.tags().attach(book.one().id, tag).unwrap();
    has_lines(&book.vcard_3(), &["CATEGORIES:Choir\\, old,Family,New,VIP"]);
}

#[test]
fn the_postal_address_names_city_and_country() {
    let book = Book::of("v36-adr-city.vcf");
    assert_eq!((book.one().city.as_str(), book.one().country.as_str()), ("Lyon", "France"));
    assert_eq!(book.filtered("city = Lyon"), ["Cleo City"]);
    // An empty field stays empty, although the address has a city.
    book.session.edit(book.one().id, cardex::ContactPatch::new().city("")).unwrap();
    let copy = Book::new().import_bytes("a.vcf", book.vcard().as_bytes());
    assert_eq!((copy.one().city.as_str(), copy.one().country.as_str()), ("", "France"));
}

#[test]
fn people_share_and_swap_numbers_in_an_address_book() {
    let phones = Book::of("v26-shared-landline.vcf").phones();
    assert_eq!(phones, ["home=+49 30 5550126", "home=+49 30 5550126", "cell=+49 170 5550127"]);
    let card =
        |uid: &str, number: &str| format!("BEGIN:VCARD\nUID:{uid}\nFN:{uid}\nTEL:{number}\nEND:VCARD\n");
    let (one, two) = ("+49 30 5550126", "+49 30 5550127");
    let book = Book::new().import_bytes("a.vcf", (card("a", one) + &card("b", two)).as_bytes());
    let book = book.import_bytes("a.vcf", (card("a", two) + &card("b", one)).as_bytes());
    assert_eq!(book.counts(), [0, 2, 0, 0]);
    assert_eq!(book.phones(), [format!("={two}"), format!("={one}")]);
}

#[test]
fn a_switchboard_is_the_number_of_a_whole_company() {
    let card = |name: &str| format!("BEGIN:VCARD\nFN:{name}\nORG:Acme\nTEL:+49 30 5550100\nEND:VCARD\n");
    let file: String = ["Ann", "Bob", "Cid"].map(card).concat();
    let book = Book::new().import_bytes("a.vcf", file.as_bytes());
    assert_eq!(book.counts(), [3, 0, 0, 0]);
    assert_eq!(book.import_bytes("a.vcf", file.as_bytes()).counts(), [0, 0, 3, 0]);
}

#[test]
fn a_second_file_keeps_or_clears_what_it_does_not_have() {
    let update = |rule: MissingProperties, file: &str| {
        let options = ImportOptions::new(Format::VCard, Network::BOOK).missing(rule);
        Book::of("v73-update-1.vcf").import_with(&crate::book::input(file), &options)
    };
    let kept = update(MissingProperties::Keep, "v73-update-2.vcf");
    assert_eq!((kept.counts(), kept.phones()), ([0, 1, 0, 0], vec!["cell=+49 170 5550174".to_owned()]));
    has_lines(&kept.vcard(), &["NOTE:new", "TITLE:Old", "EMAIL:new@upd.example"]);
    let kept = update(MissingProperties::Keep, "v73-update-3.vcf");
    assert_eq!((kept.counts(), kept.phones().len()), ([0, 0, 1, 0], 2));
    let cleared = update(MissingProperties::Clear, "v73-update-2.vcf");
    assert!(!cleared.vcard().contains("TITLE") && cleared.vcard().contains("NOTE:new"));
    let cleared = update(MissingProperties::Clear, "v73-update-3.vcf");
    assert_eq!((cleared.counts(), cleared.phones().len(), cleared.emails().len()), ([0, 1, 0, 0], 0, 0));
    let text = cleared.vcard();
    assert!(!text.contains("NOTE") && !text.contains("TITLE") && text.contains("UID:case-v73"), "{text}");
}

#[test]
fn one_uuid_in_two_spellings() {
    let card = |uid: &str| format!("BEGIN:VCARD\nVERSION:4.0\nUID:{uid}\nFN:Ann\nEND:VCARD\n");
    let (bare, urn) =
        ("00000000-0000-4000-8000-00000000017a", "urn:uuid:00000000-0000-4000-8000-00000000017A");
    for (first, second) in [(bare, urn), (urn, bare)] {
        let book = Book::new().import_bytes("a.vcf", card(first).as_bytes());
        let book = book.import_bytes("a.vcf", card(second).as_bytes());
        assert_eq!((book.counts(), book.one().uid.as_str()), ([0, 0, 1, 0], first));
    }
    // A contact without a UID gets one, exports it, and is found by it in either spelling.
    let book = Book::new().import_bytes("a.vcf", b"BEGIN:VCARD\nFN:Ann\nEND:VCARD\n");
    let uid = book.one().uid;
    has_lines(&book.vcard(), &[&format!("UID:{uid}")]);
    let book = book.import_bytes(
        "a.vcf",
        card(&format!("urn:uuid:{}", uid.to_uppercase())).replace("Ann", "Bob").as_bytes(),
    );
    assert_eq!((book.counts(), book.one().display_name.as_str()), ([0, 1, 0, 0], "Bob"));
}

#[test]
fn over_long_values_are_cut_and_come_back_whole() {
    let long = "x".repeat(300);
    let card = format!("BEGIN:VCARD\nVERSION:4.0\nUID:u\nFN:Ann {long}\nORG:{long}\nTEL:{long}\nEND:VCARD\n");
    let book = Book::new().import_bytes("a.vcf", card.as_bytes());
    assert_eq!((book.counts(), book.one().company.len(), book.log.len()), ([1, 0, 0, 0], 255, 3));
    has_lines(&book.vcard(), &[&format!("ORG:{long}"), &format!("FN:Ann {long}"), &format!("TEL:{long}")]);
}

#[test]
fn a_number_is_found_in_its_own_country() {
    let book = Book::in_germany().import("c28-then-vcf.csv").import("c28-then-vcf.vcf");
    assert_eq!((book.counts(), book.emails()), ([0, 1, 0, 0], vec!["=then@vcf.example".to_owned()]));
}
