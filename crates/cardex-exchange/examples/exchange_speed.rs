//! How long it takes to import and to export cards, compared with parsing them alone.
//!
//! `cargo run --profile dist -p cardex-exchange --example exchange_speed -- 20000`

#![allow(clippy::print_stdout, clippy::arithmetic_side_effects, clippy::indexing_slicing)]

use std::fmt::Write as _;
use std::time::Instant;

use cardex::{Actor, Network, Options};
use cardex_exchange::{Format, ImportOptions, Reader, WriteOptions, export, import, plan};

/// Cards with the properties that address books have.
fn cards(count: usize) -> String {
    const FIRST: [&str; 8] = ["Ada", "Bruno", "Chloé", "Dagný", "Émile", "Fatima", "Günter", "Hiroko"];
    const LAST: [&str; 7] = ["Byron", "Müller", "Nguyễn", "O'Neill", "Petrov", "García", "Çelik"];
    let mut text = String::new();
    for n in 0..count {
        let (first, last) = (FIRST[n % FIRST.len()], LAST[n / 8 % LAST.len()]);
        let _ = write!(
            text,
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:card-{n}\r\nFN:{first} {last} {n}\r\nN:{last} {n};{first};;Dr.;\r\n\
             ORG:Company {};Sales\r\nTITLE:Engineer\r\nTEL;TYPE=CELL:+336{:08}\r\nTEL;TYPE=WORK:+331{:08}\r\n\
             EMAIL;TYPE=HOME:p{n}@example.com\r\nitem1.EMAIL:p{n}@work.example\r\nitem1.X-ABLabel:Office\r\n\
             ADR;TYPE=HOME:;;{n} Main Street;Lyon;;69001;France\r\nBDAY:19{:02}-05-1{}\r\n\
             NOTE:Met in {}\\, likes tea\r\nURL:https://p{n}.example\r\nCATEGORIES:Friends\r\nEND:VCARD\r\n",
            n % 500,
            n,
            n,
            n % 90 + 10,
            n % 10,
            1990 + n % 30,
        );
    }
    text
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(20_000), |text| text.parse())?;
    let text = cards(count);
    let folder = tempfile::tempdir()?;
    let store = Options::new().open(folder.path().join("book.cardex"))?;
    let session = store.session(Actor::System);

    let start = Instant::now();
    let read = Reader::new(text.as_bytes(), Format::VCard, Network::BOOK).flatten().count();
    let parsing = start.elapsed();
    assert_eq!(read, count);

    let start = Instant::now();
    let import_options = ImportOptions::new(Format::VCard, Network::BOOK);
    let planned = plan(&session, text.as_bytes(), &import_options, |_| ())?;
    let planning = start.elapsed();
    assert_eq!(planned.added + planned.doubtful, count as u64);

    let start = Instant::now();
    let journal = session.imports().begin("speed")?.id;
    let options = import_options.record_in(journal);
    let report = import(&session, text.as_bytes(), &options, |_| ())?;
    let importing = start.elapsed();
    assert_eq!(report.added, count as u64);

    let start = Instant::now();
    let again = import(&session, text.as_bytes(), &options, |_| ())?;
    let repeating = start.elapsed();
    assert_eq!(again.unchanged, count as u64);

    println!("{count} cards, {} bytes", text.len());
    println!("parse only      {parsing:>8.2?}");
    let ratio = |time: std::time::Duration| time.as_secs_f64() / parsing.as_secs_f64();
    println!("plan            {planning:>8.2?}  {:.2} times parsing", ratio(planning));
    println!("import          {importing:>8.2?}  {:.2} times parsing", ratio(importing));
    println!("import again    {repeating:>8.2?}  {:.2} times parsing", ratio(repeating));
    for (name, options) in [
        ("export 4.0", WriteOptions::new()),
        ("export 3.0", WriteOptions::new().vcard_3(true)),
        ("export 2.1", WriteOptions::new().vcard_2_1(true)),
    ] {
        let start = Instant::now();
        let mut file = Vec::new();
        export(&session, session.contacts(), &mut file, Format::VCard, options)?;
        let exporting = start.elapsed();
        println!("{name}      {exporting:>8.2?}  {:.2} times parsing", ratio(exporting));
    }
    Ok(())
}
