//! The counted paths. Every path has a fixed number of rounds and the same queries on every run.

use std::io::Cursor as Bytes;
use std::path::Path;

use cardex::contacts::AddManyOptions;
use cardex::{
    Actor, ContactList, ContactPatch, Cursor, Network, NewAdvisor, NewContact, Search, Session, SortField,
    Store,
};
use cardex_demo::Demo;
use cardex_exchange::{Format, ImportOptions, WriteOptions, Writer};
use rusqlite::Connection;

use super::{CONTACTS, Result, open};

/// The counters are dumped at its start and its end.
#[inline(never)] // callgrind finds it by its name
fn counted_rounds(rounds: u64, path: &mut dyn FnMut(u64) -> Result<()>) -> Result<()> {
    for round in 0..rounds {
        path(round)?;
    }
    Ok(())
}

/// Runs the paths whose names contain one of some words.
struct Runner<'a> {
    words: &'a [String],
}

impl Runner<'_> {
    fn wanted(&self, name: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| name.contains(word.as_str()))
    }

    /// Runs a path: first the warm-up with its own rounds, then the counted rounds.
    fn path(
        &self,
        name: &str,
        warm: u64,
        rounds: u64,
        path: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<()> {
        if !self.wanted(name) {
            return Ok(());
        }
        for round in 0..warm {
            path(round)?;
        }
        counted_rounds(rounds, path)?;
        println!("{rounds}\t{name}");
        Ok(())
    }

    /// A path that does not write: the warm-up is one run of the same rounds.
    fn read(&self, name: &str, rounds: u64, mut path: impl FnMut(usize) -> Result<()>) -> Result<()> {
        self.path(name, rounds, rounds, &mut |round| path(usize::try_from(round)?))
    }

    /// A path that writes: no round runs twice.
    fn write(&self, name: &str, rounds: u64, mut path: impl FnMut(u64) -> Result<()>) -> Result<()> {
        let mut number = 0;
        self.path(name, 4, rounds, &mut |_| {
            number += 1;
            path(number)
        })
    }
}

/// Runs all paths. Prints their rounds and names to stdout, in the order of the dumps.
pub(crate) fn run(folder: &Path, words: &[String]) -> Result<()> {
    let book = folder.join("book.cardex");
    let runner = Runner { words };
    let store = open(&book, 2)?;
    let session = store.session(Actor::System);
    search(&runner, &session)?;
    list(&runner, &session)?;
    rows_by_key(&runner, &book, &session)?;
    write(&runner, &session)?;
    opening(&runner, store, &book)?;
    import(&runner, folder)
}

/// The number of texts for each kind of search.
const TEXTS: u64 = 20;

fn start(text: &str, letters: usize) -> String {
    text.chars().take(letters).collect()
}

/// Contacts with names in Latin letters, as a source of texts.
fn people() -> Vec<NewContact> {
    let demo = Demo::new(1, CONTACTS);
    let plain = |text: &str| text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let all = (0..).map(|at: u64| demo.contact(at * 379 % CONTACTS));
    let named = all.filter(|new| plain(new.names().0) && plain(new.names().1));
    named.take(usize::try_from(TEXTS).unwrap()).collect()
}

/// The options of a search.
type Shape = for<'s> fn(Search<'s>) -> Search<'s>;

fn search(runner: &Runner<'_>, session: &Session) -> Result<()> {
    let people = people();
    let typed = |text: fn(&str, &str) -> String| -> Vec<String> {
        people.iter().map(|new| text(new.names().0, new.names().1)).collect()
    };
    let one = typed(|first, _| start(first, 1));
    let three = typed(|_, last| start(last, 3));
    let whatsapp: Shape = |search| search.network(Network::WHATSAPP);
    let mine: Shape = |search| search.network(Network::WHATSAPP).advisor(Demo::FIRST_ADVISOR);
    let all: Shape = |search| search;
    let asked = |name: &str, texts: &[String], shape: Shape| {
        runner.read(name, TEXTS, |at| {
            std::hint::black_box(shape(session.search(texts[at].as_str())).page()?);
            Ok(())
        })
    };
    asked("search, 1 letter", &one, whatsapp)?;
    asked("search, 2 letters", &typed(|first, _| start(first, 2)), whatsapp)?;
    asked("search, 3 letters", &three, whatsapp)?;
    asked("search, 5 letters", &typed(|first, _| start(first, 5)), whatsapp)?;
    asked("search, 1 letter, one advisor", &one, mine)?;
    asked("search, 3 letters, one advisor", &three, mine)?;
    asked("search, 1 letter, all networks", &one, all)?;
    asked("search, 3 letters, all networks", &three, all)?;
    runner.read("summaries, 1 letter", TEXTS, |at| {
        std::hint::black_box(whatsapp(session.search(one[at].as_str())).summaries()?);
        Ok(())
    })?;
    let words = typed(|first, last| format!("{} {}", start(last, 3), start(first, 2)));
    asked("search, two words", &words, all)?;
    asked("search, initials", &typed(|first, last| start(first, 1) + &start(last, 1)), all)?;
    let scripts = ["мар", "王", "محمد", "さ", "김", "γεω", "ya", "wang"].map(str::to_owned);
    asked("search, other scripts", &scripts.into_iter().cycle().take(20).collect::<Vec<_>>(), all)?;
    let page = session.contacts().network(Network::WHATSAPP).limit(400).page()?;
    let known: Vec<_> =
        page.items.iter().filter(|contact| !contact.emails.is_empty()).step_by(9).take(20).collect();
    let emails: Vec<String> = known.iter().map(|contact| start(&contact.emails[0].text, 6)).collect();
    asked("search, e-mail address", &emails, all)?;
    let end = |normal: &str| normal[normal.len() - 5..].to_owned();
    let ends: Vec<String> = known.iter().map(|contact| end(&contact.phones[0].normalized)).collect();
    asked("search, end of a number", &ends, all)?;
    let swapped = typed(|_, last| format!("{}{}{}", start(last, 1), &last[2..3], &last[1..2]) + &last[3..]);
    asked("search, two letters swapped", &swapped, |search| search.fuzzy(true))?;
    let tenth: Vec<Option<Cursor>> = one
        .iter()
        .map(|text| {
            let mut after = None;
            for _ in 0..9 {
                after = session.search(text.as_str()).network(Network::WHATSAPP).after(after).page()?.after;
            }
            Ok(after)
        })
        .collect::<Result<_>>()?;
    runner.read("search, 1 letter, tenth page", TEXTS, |at| {
        let search = session.search(one[at].as_str()).network(Network::WHATSAPP);
        std::hint::black_box(search.after(tenth[at].clone()).page()?);
        Ok(())
    })?;
    runner.read("search by substring, 3 letters", TEXTS, |at| {
        std::hint::black_box(session.search_substring(three[at].as_str()).page()?);
        Ok(())
    })
}

fn list(runner: &Runner<'_>, session: &Session) -> Result<()> {
    let list = || session.contacts().network(Network::WHATSAPP).limit(20);
    let mut deep = list().page()?;
    for _ in 0..20 {
        deep = list().after(deep.after).page()?;
    }
    let paged = |name: &str, asked: &dyn Fn() -> cardex::Result<cardex::Page<cardex::Contact>>| {
        runner.read(name, 20, |_| {
            std::hint::black_box(asked()?);
            Ok(())
        })
    };
    paged("list, first page", &|| list().page())?;
    paged("list, page 22", &|| list().after(deep.after.clone()).page())?;
    paged("list, page 20, backwards", &|| list().before(deep.before.clone()).page())?;
    paged("list, one advisor", &|| list().advisor(Demo::FIRST_ADVISOR).page())?;
    paged("list, all networks", &|| session.contacts().limit(20).page())?;
    paged("list, from a letter", &|| list().from_section("M").page())?;
    paged("list, latest activity first", &|| {
        session.contacts().order(SortField::Activity.descending()).limit(20).page()
    })?;
    runner.read("list, summaries", 20, |_| {
        std::hint::black_box(list().summaries()?);
        Ok(())
    })?;
    let here = deep.before.clone().ok_or("the list has no pages")?;
    let each =
        |name: &str, asked: &dyn Fn(ContactList<'_>) -> Result<()>| runner.read(name, 20, |_| asked(list()));
    each("list, letters", &|list| {
        std::hint::black_box(list.sections()?);
        Ok(())
    })?;
    each("list, position", &|list| {
        std::hint::black_box(list.position(&here)?);
        Ok(())
    })?;
    let phones: Vec<_> = deep.items.iter().filter_map(|contact| contact.phones.first()).collect();
    runner.read("contact by id", 20, |at| {
        std::hint::black_box(session.get(deep.items[at].id)?);
        Ok(())
    })?;
    runner.read("contact by phone", 10, |at| {
        let number = phones[at % phones.len()].text.as_str();
        std::hint::black_box(session.contacts().phone(number).page()?);
        Ok(())
    })
}

/// The floor of every page: 20 contacts by key in a read transaction, with the same columns and a prepared statement.
fn rows_by_key(runner: &Runner<'_>, book: &Path, session: &Session) -> Result<()> {
    let sqlite = Connection::open(book)?;
    let mut local = sqlite.prepare("SELECT id FROM contact WHERE id = ?")?;
    let ids: Vec<Vec<i64>> = people()
        .iter()
        .map(|new| {
            let page = session.search(start(new.names().0, 1)).network(Network::WHATSAPP).page()?;
            page.items.iter().map(|hit| Ok(local.query_row([hit.contact.id.0], |row| row.get(0))?)).collect()
        })
        .collect::<Result<_>>()?;
    runner.read("floor: rows of a page by key", TEXTS, |at| {
        std::hint::black_box(super::floor::by_key(&sqlite, &ids[at])?);
        Ok(())
    })
}

fn write(runner: &Runner<'_>, session: &Session) -> Result<()> {
    let ids: Vec<_> = session.contacts().limit(200).page()?.items.iter().map(|contact| contact.id).collect();
    let some = |number: u64| ids[usize::try_from(number).unwrap() * 3 % ids.len()];
    runner.write("add", 40, |number| {
        let new = NewContact::new(Network::SMS_DIRECT, "John", format!("Doe {number}"));
        let new = new.company("Acme").email(format!("john{number}@example.com"));
        session.add(new.phone(format!("+3361{:07}", 2_000_000 + number)))?;
        Ok(())
    })?;
    runner.write("edit of a name", 40, |number| {
        session.edit(some(number), ContactPatch::new().last_name(format!("Doering {number}")))?;
        Ok(())
    })?;
    runner.write("edit of a nickname, then a search", 40, |number| {
        session.edit(some(number), ContactPatch::new().nickname(format!("Nick {number}")))?;
        session.search("mar").network(Network::WHATSAPP).page()?;
        Ok(())
    })?;
    runner.write("mark active", 40, |number| Ok(session.mark_active(some(number), session.now())?))?;
    runner.write("link", 40, |number| {
        session.link(some(number), cardex::AdvisorId(Demo::FIRST_ADVISOR.0 + 60))?;
        Ok(())
    })?;
    runner.write("remove and restore", 20, |number| {
        session.remove(some(number))?;
        session.restore(some(number))?;
        Ok(())
    })?;
    if runner.wanted("edit of a name with 1,000 links") {
        let advisors = (0..1_000).map(|number| NewAdvisor::new("Advisor", format!("{number}")));
        let advisors = session.directory().add_advisors(advisors)?;
        let shared =
            NewContact::new(Network::WHATSAPP, "Mary", "Shared").company("Acme").phone("+33612121212");
        let shared = shared.email("mary@example.com");
        let shared = advisors.iter().fold(shared, |new, advisor| new.advisor(advisor.id));
        let shared = session.add(shared)?;
        runner.path("edit of a name with 1,000 links", 1, 3, &mut |number| {
            session.edit(shared.id, ContactPatch::new().last_name(format!("Shared {number}")))?;
            Ok(())
        })?;
    }
    Ok(())
}

/// Opening and the first page, with nothing cached in this process except code.
fn opening(runner: &Runner<'_>, store: Store, book: &Path) -> Result<()> {
    drop(store);
    runner.read("open and first search", 5, |_| {
        let store = open(book, 3)?;
        store.session(Actor::System).search("j").network(Network::WHATSAPP).page()?;
        Ok(())
    })
}

/// Contacts of an import.
const MANY: u64 = 1_000;

fn import(runner: &Runner<'_>, folder: &Path) -> Result<()> {
    let formats = [Format::VCard, Format::Csv, Format::JsonLines];
    let names = formats.map(|format| format!("import of 1,000, {}", format.as_str()));
    let whole = "import of 1,000, add_many";
    if !names.iter().map(String::as_str).chain([whole]).any(|name| runner.wanted(name)) {
        return Ok(());
    }
    let demo = Demo::new(5, MANY);
    let mut made = 0;
    let mut empty = || {
        made += 1;
        open(&folder.join(format!("import-{made}.cardex")), 4)
    };
    let store = empty()?;
    store.session(Actor::System).directory().add_advisors(demo.advisors())?;
    let mut contacts: Vec<NewContact> = demo.contacts().collect();
    let mut add = |store: &Store| {
        store.session(Actor::System).add_many(std::mem::take(&mut contacts), AddManyOptions::new(), |_, _| {})
    };
    runner.path(whole, 0, 1, &mut |_| Ok(add(&store)?))?;
    if !runner.wanted(whole) {
        add(&store)?; // fills the caches of texts
    }
    let people: Vec<_> = store.session(Actor::System).contacts().limit(1_000).page()?.items;
    for (format, name) in formats.into_iter().zip(names) {
        let mut writer = Writer::new(Vec::new(), format, WriteOptions::new());
        for contact in &people {
            writer.write(contact, None)?;
        }
        let text = writer.finish()?;
        let into = empty()?;
        runner.path(&name, 0, 1, &mut |_| {
            let options = ImportOptions::new(format, Network::SMS);
            cardex_exchange::import(&into.session(Actor::System), Bytes::new(&text), &options, |_| {})?;
            Ok(())
        })?;
    }
    Ok(())
}
