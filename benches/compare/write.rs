//! Writes: single inserts compared with a one-row insert at the same durability, bulk inserts, one name with a thousand
//! links, and imports of files. They use stores of their own with a tenth of the contacts, so that the measured store
//! does not change.

use std::path::Path;

use cardex::contacts::AddManyOptions;
use cardex::{Actor, ContactPatch, Network, NewAdvisor, NewContact, Options, Session, Store};
use cardex_demo::Demo;
use cardex_exchange::{Format, ImportOptions, WriteOptions, Writer};
use rusqlite::Connection;

use crate::Result;
use crate::books::Books;
use crate::measure::{Figures, interleave, timed};
use crate::plain::{remove, tune};
use crate::report::{Cell, Report, Section};

/// The largest number of contacts of the written store, and of an import.
const MOST: u64 = 50_000;

fn filled(path: &Path, contacts: u64) -> Result<Store> {
    remove(path)?;
    let store = Options::new().id_seed(9).open(path)?;
    let (session, demo) = (store.session(Actor::System), Demo::new(3, contacts));
    session.directory().add_advisors(demo.advisors())?;
    session.add_many(demo.contacts(), AddManyOptions::new(), |_, _| {})?;
    Ok(store)
}

pub(crate) fn run(books: &Books, queries: usize, report: &mut Report) -> Result<()> {
    let (path, beside) = (books.folder.join("written.cardex"), books.folder.join("written.sqlite"));
    let contacts = (books.contacts / 10).clamp(1_000, MOST);
    let store = filled(&path, contacts)?;
    let session = store.session(Actor::System);
    remove(&beside)?;
    let plain = Connection::open(&beside)?;
    tune(&plain)?;
    plain.execute_batch(include_str!("../../schema.sql"))?;
    let goal = "at most 1.5 times the insert of one row and its commit";
    let mut section = Section::new("single durable write", "µs p50 / p99", goal);
    let johns: Vec<_> =
        (0..50).map(|number| Ok(session.add(person(80_000_000 + number))?.id)).collect::<Result<_>>()?;
    let add = |number: usize| session.add(person(u64::try_from(number)?)).map(drop).map_err(Into::into);
    let edit = |number: usize| -> Result<()> {
        session
            .edit(johns[number % johns.len()], ContactPatch::new().last_name(format!("Doering {number}")))?;
        Ok(())
    };
    let mut row = 0;
    for (name, write) in [("add", &add as &dyn Fn(usize) -> Result<()>), ("edit of a name", &edit)] {
        let mut number = 0;
        let mut ours = |_: usize, figures: &mut Figures| {
            number += 1;
            timed(figures, || write(number))
        };
        let mut theirs = |_: usize, figures: &mut Figures| {
            row += 1;
            timed(figures, || insert(&plain, row))
        };
        let figures = interleave(&mut [(&mut ours, queries), (&mut theirs, queries)])?;
        let names = ["cardex", "one-row insert and commit"];
        section
            .add(name, names.iter().zip(&figures).map(|(name, figures)| Cell::new(name, figures)).collect());
    }
    report.add(section)?;
    let mut section = Section::new("many at once", "contacts, or links, a second", "none");
    let mut shared = Figures::default();
    let rate = |count: u64, figures: &Figures| count as f64 / (figures.p50() / 1e6);
    let contact = shared_by_a_thousand(&session)?;
    for number in 0..10 {
        timed(&mut shared, || {
            Ok(session.edit(contact, ContactPatch::new().last_name(format!("Shared {number}")))?)
        })?;
    }
    section.add("edit of a name that 1,000 links share", vec![Cell::one("cardex", rate(1_000, &shared))]);
    let mut batch = Figures::default();
    for number in 0..5 {
        let people: Vec<_> = (0..1_000).map(|at| person(1_000_000 + number * 1_000 + at)).collect();
        timed(&mut batch, || Ok(session.add_many(people, AddManyOptions::new(), |_, _| {})?))?;
    }
    section.add("batch of 1,000 into the book", vec![Cell::one("cardex", rate(1_000, &batch))]);
    drop(session);
    drop(store);
    imports(books, contacts, &mut section)?;
    drop(plain);
    remove(&path)?;
    remove(&beside)?;
    report.add(section)
}

fn person(number: u64) -> NewContact {
    let new = NewContact::new(Network::SMS_DIRECT, "John", format!("Doe {number}")).company("Acme");
    new.email(format!("john{number}@example.com")).phone(format!("+336{number:08}"))
}

/// Inserts one row of a contact into the plain database.
fn insert(plain: &Connection, number: i64) -> Result<()> {
    let mut insert = plain.prepare_cached(
        "INSERT INTO contact (id, network, first_name, last_name, company, contact_methods, status, folded_texts, sort_key0, version,
            created_at, updated_at, status_at, checksum) VALUES (?1, 3, 'John', 'Doe ' || ?1, 'Acme', '', 0, 0, x'00', 1, 0, 0, 0, 0)",
    )?;
    insert.execute([number])?;
    Ok(())
}

fn shared_by_a_thousand(session: &Session) -> Result<cardex::ContactId> {
    let advisors = session
        .directory()
        .add_advisors((0..1_000).map(|number| NewAdvisor::new("Advisor", format!("{number}"))))?;
    Ok(session.add(advisors.iter().fold(person(90_000_000), |new, advisor| new.advisor(advisor.id)))?.id)
}

/// Imports files of each format into an empty store, and again into the full one.
fn imports(books: &Books, contacts: u64, section: &mut Section) -> Result<()> {
    let path = books.folder.join("imported.cardex");
    let source = filled(&path, contacts)?;
    let mut texts = Vec::new();
    for format in [Format::VCard, Format::Csv, Format::JsonLines] {
        let mut writer = Writer::new(Vec::new(), format, WriteOptions::new());
        for contact in source.session(Actor::System).contacts().limit(1_000).iter() {
            writer.write(&contact?, None)?;
        }
        texts.push((format, writer.finish()?));
    }
    drop(source);
    for (format, text) in texts {
        remove(&path)?;
        let store = Options::new().id_seed(9).open(&path)?;
        for way in ["into an empty book", "again"] {
            let mut took = Figures::default();
            let options = ImportOptions::new(format, Network::SMS);
            timed(&mut took, || {
                Ok(cardex_exchange::import(&store.session(Actor::System), text.as_slice(), &options, |_| {})?)
            })?;
            let rate = contacts as f64 / (took.p50() / 1e6);
            section.add(
                format!("import of {contacts}, {}, {way}", format.as_str()),
                vec![Cell::one("cardex", rate)],
            );
        }
    }
    remove(&path)
}
