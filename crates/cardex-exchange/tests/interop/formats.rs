//! Other formats than vCard and CSV, groups of contacts, and folders of cards.

use crate::book::{Book, has_lines, input};
use cardex::Network;
use cardex_exchange::{FolderReader, Format, ImportOptions, WriteOptions, export_folder};

fn names_of(name: &str, format: Format) -> (Vec<String>, Vec<String>, Vec<String>) {
    let bytes = input(name);
    assert_eq!(Format::detect(&bytes), Some(format), "{name}");
    let book = Book::new().import_with(&bytes, &ImportOptions::new(format, Network::BOOK));
    assert_eq!(book.counts(), [1, 0, 0, 0], "{name}: {:?}", book.log);
    (book.names(), book.phones(), book.emails())
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn cards_in_json_and_ldif() {
    assert_eq!(
        names_of("j01-jcard.json", Format::JCard),
        (owned(&["Jay Card"]), owned(&["cell=+1-212-555-0211"]), vec![])
    );
    assert_eq!(
        names_of("j02-jscontact.json", Format::JsContact),
        (owned(&["Jess Contact"]), owned(&["=+1-212-555-0212"]), owned(&["=jess@contact.example"]))
    );
    assert_eq!(
        names_of("l01-thunderbird.ldif", Format::Ldif),
        (
            owned(&["Lena Dif"]),
            owned(&["cell=+49 170 5550202", "work=+49 30 5550201"]),
            owned(&["=lena@dif.example", "=l2@dif.example"])
        )
    );
}

#[test]
fn formats_are_known_by_their_first_bytes() {
    for (start, expected) in [
        (&b"\xEF\xBB\xBF\r\nBEGIN:VCARD\r\n"[..], Some(Format::VCard)),
        (b"\xFF\xFEB\0E\0G\0I\0N\0:\0V\0C\0A\0R\0D\0", Some(Format::VCard)),
        (b"[\n [\"vcard\", []]]", Some(Format::JCard)),
        (b"[{\"@type\":\"Card\"}]", Some(Format::JsContact)),
        (b"{\"version\":\"1.0\", \"@type\": \"Card\"}", Some(Format::JsContact)),
        (b"{\"firstName\":\"Ada\",\"card\":{\"@type\":\"Card\"}}", Some(Format::JsonLines)),
        (b"# x\nversion: 1\ndn: cn=x", Some(Format::Ldif)),
        (b"Notes:\nfirst,last\n", None),
        (b"", None),
    ] {
        assert_eq!(Format::detect(start), expected, "{}", String::from_utf8_lossy(start));
    }
}

/// Every format gives every property of every card again.
#[test]
fn nothing_is_missing_after_a_round_trip_through_any_format() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/interop");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| {
        Format::from_path(name) == Some(Format::VCard) && !name.starts_with("v28") && !name.starts_with("v17")
    });
    names.sort();
    for name in names {
        let book = Book::of(&name);
        let expected = book.vcard();
        for (format, options) in [
            (Format::VCard, WriteOptions::new().vcard_2_1(true)),
            (Format::VCard, WriteOptions::new().vcard_3(true)),
            (Format::JCard, WriteOptions::new()),
            (Format::JsContact, WriteOptions::new()),
        ] {
            let file = book.export(format, options.clone());
            assert_eq!(Format::detect(file.as_bytes()).unwrap_or(format), format, "{name}");
            let copy = Book::new().import_with(file.as_bytes(), &ImportOptions::new(format, Network::BOOK));
            assert_eq!(copy.vcard(), expected, "{name} {format} {options:?}\n{file}");
        }
        let file = book.export(Format::Ldif, WriteOptions::new());
        let copy = Book::new().import_with(file.as_bytes(), &ImportOptions::new(Format::Ldif, Network::BOOK));
        assert_eq!(copy.names(), book.names(), "{name}\n{file}");
    }
}

#[test]
fn an_array_is_read_card_by_card() {
    let card =
        |name: &str| format!("{{\"@type\":\"Card\",\"version\":\"1.0\",\"name\":{{\"full\":\"{name}\"}}}}");
    let file = format!("[\n{},\n{{\"@type\":\noops}},{}]\n", card("A ]}\\\" B"), card("C"));
    let book =
        Book::new().import_with(file.as_bytes(), &ImportOptions::new(Format::JsContact, Network::BOOK));
    assert_eq!((book.counts(), book.names()), ([2, 0, 0, 1], owned(&["A ]}\" B", "C"])), "{:?}", book.log);
    assert!(book.log[0].starts_with("line 3:"), "{:?}", book.log);
    let empty = Book::new().export(Format::JsContact, WriteOptions::new());
    assert_eq!(empty, "[]\n");
}

#[test]
fn a_group_is_a_tag_of_its_members() {
    let book = Book::of("v17-group-members.vcf");
    assert_eq!((book.counts(), book.names()), ([1, 0, 0, 0], owned(&["Ann Able"])));
    assert_eq!((book.report.groups, book.report.missing_members), (2, 1));
    for tag in ["Choir", "Band"] {
        assert_eq!(book.filtered(&format!("tag = {tag}")), ["Ann Able"]);
    }
    has_lines(&book.vcard(), &["CATEGORIES:Band,Choir"]);
    assert_eq!(book.one().version, 3, "tags are edits");
    assert!(book.store.check().unwrap().is_ok());
}

#[test]
fn a_group_of_ldif_is_a_tag_of_its_members() {
    let book = Book::of("l01-thunderbird.ldif");
    assert_eq!((book.report.groups, book.report.missing_members), (1, 0));
    assert_eq!(book.filtered("tag = Team"), ["Lena Dif"]);
    let file = "dn: uid=1, ou=People\ncn: Ada\n\ndn: cn=All\nobjectClass: groupOfUniqueNames\ncn: All\n\
        uniqueMember: UID=1,ou = people\nuniqueMember: uid=2,ou=people\n";
    let book = Book::new().import_with(file.as_bytes(), &ImportOptions::new(Format::Ldif, Network::BOOK));
    assert_eq!((book.report.groups, book.report.missing_members), (1, 1));
    assert_eq!(book.filtered("tag = All"), ["Ada"]);
}

#[test]
fn a_folder_has_a_card_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let book = Book::of("v26-shared-landline.vcf").import("v64-n-adr-semicolons.vcf");
    let write = || {
        export_folder(&book.session, book.session.contacts(), folder.path(), &WriteOptions::new()).unwrap()
    };
    let first = write();
    assert_eq!((first.written, first.unchanged), (3, 0));
    let second = write();
    assert_eq!((second.written, second.unchanged), (0, 3));
    assert!(folder.path().join("case-v26a.vcf").exists());
    std::fs::write(folder.path().join("notes.txt"), "no card").unwrap();
    let reader = FolderReader::open(folder.path()).unwrap();
    let options = ImportOptions::new(Format::VCard, Network::BOOK);
    let copy = Book::new();
    let report =
        cardex_exchange::import(&copy.session, std::io::BufReader::new(reader), &options, |_| ()).unwrap();
    assert_eq!((report.added, report.rejected), (3, 0));
    assert_eq!(copy.vcard(), book.vcard());
}
