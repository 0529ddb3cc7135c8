//! Tables of other programs: headings in their languages, cells with several values, and the properties that columns become.

use crate::book::{Book, has_lines};
use cardex::Network;
use cardex_exchange::{Format, ImportOptions, Reader, WriteOptions};

fn csv(text: &str) -> Book {
    Book::new().import_bytes("a.csv", text.as_bytes())
}

/// The file, what the import counts, the names, the phones, the e-mail addresses, and lines of the export as 4.0.
type Case = (
    &'static str,
    [u64; 4],
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

const CASES: &[Case] = &[
    (
        "c01-google-2023.csv",
        [3, 0, 0, 0],
        &["Gina Gold", "just@mail.example", "Only Org Ltd"],
        &["cell=+1 212-555-0151", "work fax=+1 212-555-0152", "=+1 212-555-0153"],
        &["home=gina@gold.example", "home=g2@gold.example", "work=gina@works.example", "=just@mail.example"],
        &[
            "N:Gold;Gina;Mae;Dr.;",
            "ORG:Goldworks;Lab",
            "TITLE:CTO",
            "BDAY:19800203",
            "NOTE:line1\\nline2",
            "ADR;TYPE=home:;;5 Elm;Troy;NY;12180;US",
            "URL:https://gold.example",
            "ANNIVERSARY:20100102",
            "RELATED;TYPE=spouse;VALUE=text:Hal",
            "CATEGORIES:Choir,starred",
        ],
    ),
    (
        "c02-google-short-rows.csv",
        [2, 0, 0, 0],
        &["Alf Short", "Bea Short"],
        &[],
        &["=alf@short.example", "=bea@short.example"],
        &[],
    ),
    (
        "c03-thunderbird.csv",
        [1, 0, 0, 0],
        &["Theo Bird"],
        &[
            "cell=+49 170 5550165",
            "work=+49 30 5550161",
            "home=+49 30 5550162",
            "fax=+49 30 5550163",
            "pager=+49 30 5550164",
        ],
        &["=theo@bird.example", "=tb@work.example"],
        &["BDAY:19900704", "ADR;TYPE=home:;;;Ulm;;;Germany", "NOTE:hi"],
    ),
    (
        "c04-outlook-en.csv",
        [1, 0, 0, 0],
        &["Otto Look"],
        &[
            "cell=+49 170 5550174",
            "work=+49 228 5550172",
            "work=+49 228 5550173",
            "home=+49 228 5550175",
            "work fax=+49 228 5550171",
            "Assistant=+49 228 5550170",
        ],
        &["=otto@look.example", "=o2@look.example"],
        &["BDAY:19700504", "ADR;TYPE=work:;;1 Way\\nFloor 2;Bonn;;;Germany", "CATEGORIES:Clients,Red"],
    ),
    (
        "c05-outlook-de.csv",
        [1, 0, 0, 0],
        &["Jöline Müßig"],
        &["cell=+49 170 5550182", "work=+49 30 5550181", "home=+49 30 5550183"],
        &["=joeline@weiss.example", "=jo@privat.example"],
        &["ORG:Weiß KG"],
    ),
    (
        "c06-linkedin.csv",
        [2, 0, 0, 0],
        &["Lin Kedin", "Ina Net"],
        &[],
        &["=ina@net.example"],
        &["ORG:Links\\, Inc.", "TITLE:Engineer", "URL:https://www.linkedin.com/in/lin-x"],
    ),
    (
        "c07-email-only.csv",
        [2, 0, 0, 0],
        &["flo@list.example", "mia@list.example"],
        &[],
        &["=flo@list.example", "=mia@list.example"],
        &[],
    ),
    ("c08-tabs.txt", [1, 0, 0, 0], &["Tab One"], &["=+49 30 5550191"], &["=tab@one.example"], &[]),
    (
        "c09-bom-quoted.csv",
        [1, 0, 0, 0],
        &["Bom Quoted"],
        &["cell=+49 170 5550192"],
        &["=bom@q.example"],
        &[],
    ),
    (
        "c11-excel-formula.csv",
        [3, 0, 0, 0],
        &["Exa Cell", "Exb Cell", "Exc Cell"],
        &["=0612345678", "=+33612345679", "=+33612345680"],
        &[],
        &[],
    ),
    (
        "c12-chatwoot-labels.csv",
        [1, 0, 0, 0],
        &["Cha Woot"],
        &["=+33612345681"],
        &["=cha@woot.example"],
        &["CATEGORIES:customer,vip", "X-CARDEX-ID:ext-9"],
    ),
    (
        "c13-cr-only.csv",
        [2, 0, 0, 0],
        &["Car Ret", "Cbr Ret"],
        &[],
        &["=car@ret.example", "=cbr@ret.example"],
        &[],
    ),
    (
        "c16-google-old.csv",
        [1, 0, 0, 0],
        &["Igor Alt Old"],
        &["cell=+7 495 555-01-98", "home=+7 495 555-01-99"],
        &["=igor@old.example"],
        &[
            "N:Old;Igor;Alt;;",
            "BDAY:--0512",
            "TITLE:Dean",
            "ADR;TYPE=home:;;;Omsk;;;",
            "ADR;TYPE=home:;;;Tomsk;;;",
            "CATEGORIES:School,University",
        ],
    ),
    (
        "c17-quote-in-cell.csv",
        [3, 0, 0, 0],
        &["Ann \"Annie\" Quote", "Ben \"Benny\" Quote", "Joe 5\" Disk"],
        &[],
        &["=ann@quote.example", "=ben@quote.example", "=joe@quote.example"],
        &[],
    ),
    ("c18-header-spaces.csv", [1, 0, 0, 0], &["Hea Der"], &["cell=+33612345699"], &["=hea@der.example"], &[]),
    (
        "c22-name-only.csv",
        [1, 0, 0, 0],
        &["Meier, Karl"],
        &["=+49 30 5550122"],
        &["=karl@meier.example"],
        &[],
    ),
    ("c24-unnamed-col.csv", [1, 0, 0, 0], &["Un Named"], &[], &["=un@named.example"], &[]),
    ("c25-crlf-mixed-blank.csv", [1, 0, 0, 0], &["Blank Row"], &[], &["=blank@row.example"], &[]),
    (
        "c26-google-labels.csv",
        [2, 0, 0, 0],
        &["La Bels", "Star Only"],
        &["cell=+49 170 5550126", "home=+49 30 5550127", "work fax=+49 30 5550128"],
        &["work=la@bels.example", "=star@only.example"],
        &[
            "TEL;TYPE=cell:+49 170 5550126",
            "TEL;TYPE=home:+49 30 5550127",
            "TEL;TYPE=fax,work:+49 30 5550128",
        ],
    ),
    (
        "c27-csv-to-vcf.csv",
        [1, 0, 0, 0],
        &["Cara Sheet"],
        &[],
        &[],
        &[
            "BDAY:19800203",
            "NOTE:a note",
            "ADR:;;5 Elm;Troy;;12180;US",
            "TITLE:CTO",
            "URL:https://c.example",
            "CATEGORIES:Choir",
        ],
    ),
    (
        "c29-telefon.csv",
        [1, 0, 0, 0],
        &["Karl Meier"],
        &["cell=+49 170 5550129", "=+49 30 5550129"],
        &[],
        &[],
    ),
    (
        "c31-phone-remark.csv",
        [1, 0, 0, 0],
        &["Csv Remark"],
        &["=555-0101 (Bob)"],
        &[],
        &["TEL:555-0101 (Bob)"],
    ),
];

#[test]
fn each_table_gives_its_contacts() {
    for (name, counts, names, phones, emails, lines) in CASES {
        let book = Book::of(name);
        assert_eq!(book.counts(), *counts, "{name}: {:?}", book.log);
        assert_eq!(book.names(), *names, "{name}");
        assert_eq!((book.phones(), book.emails()), (owned(phones), owned(emails)), "{name}");
        has_lines(&book.vcard(), lines);
        assert!(book.store.check().unwrap().is_ok(), "{name}");
        let contacts = counts[0];
        assert_eq!(Book::of(name).import(name).counts(), [0, 0, contacts, 0], "{name} again");
        for format in [Format::VCard, Format::Csv, Format::JsonLines] {
            let file = book.export(format, WriteOptions::new());
            let options = ImportOptions::new(format, Network::BOOK);
            let copy = Book::new().import_with(file.as_bytes(), &options);
            assert_eq!(copy.vcard(), book.vcard(), "{name} {format}\n{file}");
        }
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn headings_in_the_languages_of_their_programs() {
    // First name, last name, company, mobile phone, phone at work, e-mail address.
    for headings in [
        "Vorname;Nachname;Firma;Mobiltelefon;Telefon geschäftlich;E-Mail-Adresse",
        "Prénom;Nom de famille;Société;Tél. mobile;Téléphone (bureau);Adresse de messagerie",
        "Nombre;Apellidos;Organización;Móvil;Teléfono del trabajo;Dirección de correo electrónico",
        "Nome;Cognome;Società;Cellulare;Ufficio;Indirizzo posta elettronica",
        "Voornaam;Achternaam;Bedrijf;Mobiele telefoon;Telefoon op werk;E-mailadres",
        "Nome;Sobrenome;Empresa;Telefone celular;Telefone comercial;Endereço de email",
        "Imię;Nazwisko;Firma;Telefon komórkowy;Telefon służbowy;Adres e-mail",
        "Имя;Фамилия;Организация;Мобильный телефон;Рабочий телефон;Адрес эл. почты",
        "名;姓;会社名;携帯電話;会社電話;電子メール アドレス",
        "名;姓;公司;手机;商务电话;电子邮件地址",
    ] {
        let book =
            csv(&format!("{headings}\nAda;Lee;Acme;+49 170 5550101;+49 30 5550102;ada@acme.example\n"));
        let contact = book.one();
        let names = (contact.first_name.as_str(), contact.last_name.as_str(), contact.company.as_str());
        assert_eq!(names, ("Ada", "Lee", "Acme"), "{headings}");
        assert_eq!(book.phones(), ["cell=+49 170 5550101", "work=+49 30 5550102"], "{headings}");
        assert_eq!(book.emails(), ["=ada@acme.example"], "{headings}");
    }
}

#[test]
fn rows_of_other_lengths_and_other_separators() {
    let book = csv("name|phone|email\nAnn|+33612345678|ann@a.example\n");
    assert_eq!((book.phones(), book.emails()), (owned(&["=+33612345678"]), owned(&["=ann@a.example"])));
    let book = csv("name,phone\nAnn,+33612345678,,\nBob\n,,\nCid,+33612345679,surplus\n");
    assert_eq!((book.counts(), book.names()), ([3, 0, 0, 0], owned(&["Ann", "Bob", "Cid"])));
    assert_eq!(book.log, ["line 5: card 'surplus': not a JSContact card: a cell has no heading"]);
    assert!(book.export(Format::JsonLines, WriteOptions::new()).contains("\"Column 3\":\"surplus\""));
}

#[test]
fn several_values_in_a_cell() {
    let book = csv("name,phone,email\nAnn,+33612345678; +33612345679,\"a@a.example, b@a.example\"\n");
    assert_eq!(book.phones(), ["=+33612345678", "=+33612345679"]);
    assert_eq!(book.emails(), ["=a@a.example", "=b@a.example"]);
}

#[test]
fn a_map_says_what_columns_contain() {
    let file = "Wer;Erreichbar unter;Schuhgröße\nAda Lee;+49 170 5550101;38\n";
    let options = ImportOptions::new(Format::Csv, Network::BOOK);
    assert_eq!(Book::new().import_with(file.as_bytes(), &options).counts(), [0, 0, 0, 1]);
    let options = options.column("Wer", "display").unwrap().column("erreichbar unter", "phone:cell").unwrap();
    let book = Book::new().import_with(file.as_bytes(), &options);
    assert_eq!((book.names(), book.phones()), (owned(&["Ada Lee"]), owned(&["cell=+49 170 5550101"])));
    assert!(book.export(Format::JsonLines, WriteOptions::new()).contains("\"Schuhgröße\":\"38\""));
    assert!(
        options.column("x", "shoe").unwrap_err().to_string().contains("a column contains one of first, last")
    );
    let mut reader = Reader::new(file.as_bytes(), Format::Csv, Network::BOOK).map_columns(vec![
        ("Wer".to_owned(), "display".to_owned()),
        ("Erreichbar unter".to_owned(), "phone:cell".to_owned()),
    ]);
    let found: Vec<_> = reader.columns().unwrap().into_iter().map(|one| (one.heading, one.content)).collect();
    let pair = |heading: &str, content: Option<&str>| (heading.to_owned(), content.map(str::to_owned));
    assert_eq!(
        found,
        [
            pair("Wer", Some("display")),
            pair("Erreichbar unter", Some("phone:cell")),
            pair("Schuhgröße", None)
        ]
    );
    assert_eq!(reader.count(), 1, "the records follow");
}

#[test]
fn phones_are_exported_as_they_are_unless_they_are_guarded() {
    let book =
        csv("name,phone,phone 2,phone 3\nAnn,+1 (212) 555-0118 x42,\"+12125550120,,123#\",+1 212 555 0119\n");
    let plain = book.export(Format::Csv, WriteOptions::new());
    assert!(plain.contains(",+1 (212) 555-0118 x42,") && !plain.contains("'+1"), "{plain}");
    let guarded = book.export(Format::Csv, WriteOptions::new().csv_guard_phones(true));
    assert!(guarded.contains(",'+1 (212) 555-0118 x42,"), "{guarded}");
    let book = csv("name,phone\nEve,\"+1+cmd|' /C calc'!A0\"\n");
    assert!(book.export(Format::Csv, WriteOptions::new()).contains("'+1+cmd"));
}

#[test]
fn a_changed_cell_of_an_export_is_a_change() {
    let book = Book::of("v71-note-search.vcf");
    let file = book.export(Format::Csv, WriteOptions::new());
    let book = book.import_bytes("a.csv", file.replace("fixes boilers,", "fixes pumps,").as_bytes());
    assert_eq!(book.counts(), [0, 1, 0, 0], "{file}");
    has_lines(
        &book.vcard(),
        &["NOTE:fixes pumps", "TITLE:Plumber", "BDAY:19800203", "ADR;TYPE=home:;;1 Quay;Cork;;T12;Ireland"],
    );
}
