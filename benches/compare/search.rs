//! Search: pages of complete contacts, compared with the same rows by key and with all other engines.

use cardex::{Actor, AdvisorId, Cursor, Hit, Network, Page, SearchFields, SearchOrder, Session, Store};
use rusqlite::Connection;

use crate::books::{Asker, Books};
use crate::measure::{Competitor, Figures, Numbers, interleave, timed};
use crate::names::{fold, local};
use crate::peers::{Peer, Question, sqlite};
use crate::report::{Cell, Report, Section};
use crate::{PAGE, Result, floor};

pub(crate) const SECTION: &str = "search on one network, first page of 20";
const GOAL: &str =
    "at most 1.5 / 4 times the rows by key; ids of a B-tree 4 times slower; FTS5 100 times slower at 1 M";

/// Local id of the network of the queries.
const WHATSAPP: i64 = 1;

/// A kind of query: its name in the table, and its texts.
pub(crate) struct Kind {
    pub(crate) name: String,
    pub(crate) texts: Vec<String>,
}

/// The texts: prefixes of first and last names in the store, with their natural frequencies.
pub(crate) fn kinds(books: &Books, asker: &Asker, queries: usize) -> Vec<Kind> {
    let demo = books.demo();
    let mut kinds: Vec<Kind> = [1, 2, 3, 4, 5]
        .map(|letters| {
            let name = format!("{letters} letter{}", if letters == 1 { "" } else { "s" });
            some(books, asker, queries, |first, last, coin| {
                let name = if coin { first } else { last };
                (name.chars().count() >= letters).then(|| name.chars().take(letters).collect())
            })
            .named(name)
        })
        .into();
    kinds.push(
        some(books, asker, queries, |first, last, _| {
            let whole = !(first.is_empty() || last.is_empty());
            whole.then(|| format!("{first} {last}"))
        })
        .named("a whole name, mostly of one".to_owned()),
    );
    // The most frequent names of the first contacts.
    let mut counts = std::collections::BTreeMap::<String, u64>::new();
    for index in 0..books.contacts.min(20_000) {
        *counts.entry(fold(demo.contact(index).names().0)).or_default() += 1;
    }
    let mut common: Vec<_> = counts.into_iter().filter(|(name, _)| !name.is_empty()).collect();
    common.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), name.clone()));
    let common = common.into_iter().map(|(name, _)| name).take(20).cycle().take(queries).collect();
    kinds.push(Kind { name: "a common first name".to_owned(), texts: common });
    kinds.push(
        some(books, asker, queries, |first, _, _| {
            let other = first.chars().next().is_some_and(|letter| !letter.is_ascii());
            other.then(|| first.chars().take(2).collect())
        })
        .named("2 letters of another script".to_owned()),
    );
    kinds.retain(|kind| !kind.texts.is_empty());
    kinds
}

struct Texts(Vec<String>);

impl Texts {
    fn named(self, name: String) -> Kind {
        Kind { name, texts: self.0 }
    }
}

fn some(
    books: &Books,
    asker: &Asker,
    queries: usize,
    typed: impl Fn(&str, &str, bool) -> Option<String>,
) -> Texts {
    let (demo, mut numbers, mut found) = (books.demo(), Numbers(7), Vec::new());
    // A small store can lack names of a kind. Then there are fewer queries.
    for _ in 0..queries * 50 {
        if found.len() == queries {
            break;
        }
        let contact = demo.contact(asker.index(books.contacts, &mut numbers));
        let (first, last) = contact.names();
        // Only letters and blanks, because engines treat other characters differently.
        let plain =
            |text: &String| !fold(text).is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == ' ');
        found.extend(typed(first, last, numbers.below(2) == 0).filter(plain));
    }
    Texts(found)
}

pub(crate) fn page(
    session: &Session,
    text: &str,
    advisor: Option<AdvisorId>,
    within: SearchFields,
    after: Option<Cursor>,
) -> Result<Page<Hit>> {
    let mut search = session
        .search(text)
        .network(Network::WHATSAPP)
        .limit(PAGE)
        .fields(within)
        .order(SearchOrder::Fields)
        .after(after);
    if let Some(advisor) = advisor {
        search = search.advisor(advisor);
    }
    Ok(search.page()?)
}

pub(crate) fn question(plain: &Connection, text: &str, advisor: Option<AdvisorId>) -> Result<Question> {
    let advisor = advisor.map(|id| {
        plain.query_row("SELECT id FROM advisor WHERE public_id = ?", [id.0], |row| row.get::<_, i64>(0))
    });
    Ok(Question { text: fold(text), network: WHATSAPP, advisor: advisor.transpose()?, limit: PAGE })
}

pub(crate) fn run(
    books: &Books,
    queries: usize,
    peers: &mut [Box<dyn Peer>],
    report: &mut Report,
) -> Result<()> {
    // Each competitor has connections of its own, with caches of the same size.
    let open = || Ok::<_, cardex::Error>(Store::open(&books.book)?.session(Actor::System));
    let session = open()?;
    let others = Others { names: open()?, summaries: open()? };
    let plain = sqlite::open(&books.plain)?;
    let mut section = Section::new(SECTION, "µs p50 / p99", GOAL);
    for asker in books.askers() {
        for Kind { name, texts } in kinds(books, &asker, queries) {
            let cells = row(books, (&session, &others), &plain, &texts, asker.advisor, peers)?;
            section.add(format!("{name}, {}", asker.name), cells);
        }
    }
    report.add(section)?;
    let mut section = Section::new("search on one network, tenth page of 20", "µs p50 / p99", GOAL);
    for asker in books.askers() {
        let texts = some(books, &asker, queries, |first, _, _| Some(first.chars().take(1).collect())).0;
        section.add(format!("1 letter, {}", asker.name), tenth(&session, &plain, &texts, asker.advisor)?);
    }
    section.rows.retain(|row| !row.cells.is_empty());
    report.add(section)
}

/// Sessions of the other kinds of page.
struct Others {
    names: Session,
    summaries: Session,
}

/// One row: all engines run the same queries in alternation.
fn row(
    books: &Books,
    (session, others): (&Session, &Others),
    plain: &Connection,
    texts: &[String],
    advisor: Option<AdvisorId>,
    peers: &mut [Box<dyn Peer>],
) -> Result<Vec<Cell>> {
    let mut rows = Vec::new();
    let mut questions = Vec::new();
    for text in texts {
        let page = page(session, text, advisor, SearchFields::Everything, None)?;
        rows.push(local(plain, page.items.iter().map(|hit| hit.contact.id))?);
        questions.push(question(plain, text, advisor)?);
    }
    let asked = |session, within| {
        move |at: usize, figures: &mut Figures| {
            timed(figures, || page(session, &texts[at], advisor, within, None)).map(drop)
        }
    };
    let mut ours = asked(session, SearchFields::Everything);
    let mut ours_names = asked(&others.names, SearchFields::Names);
    let mut summaries = |at: usize, figures: &mut Figures| {
        let search = others
            .summaries
            .search(&*texts[at])
            .network(Network::WHATSAPP)
            .order(SearchOrder::Fields)
            .limit(PAGE);
        let search = if let Some(advisor) = advisor { search.advisor(advisor) } else { search };
        timed(figures, || Ok(search.summaries()?)).map(drop)
    };
    let mut by_key =
        |at: usize, figures: &mut Figures| timed(figures, || Ok(floor::by_key(plain, &rows[at])?)).map(drop);
    let mut names = vec!["cardex", "rows by key", "cardex, names only", "cardex, summaries"];
    let mut peers: Vec<_> = peers
        .iter_mut()
        .map(|peer| {
            names.push(peer.name());
            let patience = peer.patience(books.contacts, texts.len());
            let questions = &questions;
            let ask = move |at: usize, figures: &mut Figures| {
                let start = std::time::Instant::now();
                std::hint::black_box(peer.ask(&questions[at])?);
                let took = start.elapsed();
                figures.add(peer.took().unwrap_or(took));
                Ok(())
            };
            (ask, patience)
        })
        .collect();
    let count = texts.len();
    let mut all: Vec<Competitor<'_>> =
        vec![(&mut ours, count), (&mut by_key, count), (&mut ours_names, count), (&mut summaries, count)];
    all.extend(peers.iter_mut().map(|(ask, patience)| {
        let ask: &mut dyn FnMut(usize, &mut Figures) -> Result<()> = ask;
        (ask, *patience)
    }));
    let figures = interleave(&mut all)?;
    Ok(names.iter().zip(&figures).map(|(name, figures)| Cell::new(name, figures)).collect())
}

/// The tenth page of texts that have one, compared with its rows by key.
fn tenth(
    session: &Session,
    plain: &Connection,
    texts: &[String],
    advisor: Option<AdvisorId>,
) -> Result<Vec<Cell>> {
    let mut deep = Vec::new();
    for text in texts {
        let mut after = page(session, text, advisor, SearchFields::Everything, None)?.after;
        for _ in 0..8 {
            let Some(cursor) = after else { break };
            after = page(session, text, advisor, SearchFields::Everything, Some(cursor))?.after;
        }
        let Some(cursor) = after else { continue };
        let tenth = page(session, text, advisor, SearchFields::Everything, Some(cursor.clone()))?;
        deep.push((text, cursor, local(plain, tenth.items.iter().map(|hit| hit.contact.id))?));
    }
    if deep.is_empty() {
        return Ok(Vec::new());
    }
    let mut ours = |at: usize, figures: &mut Figures| {
        let (text, cursor, _) = &deep[at];
        timed(figures, || page(session, text, advisor, SearchFields::Everything, Some(cursor.clone())))
            .map(drop)
    };
    let mut by_key = |at: usize, figures: &mut Figures| {
        timed(figures, || Ok(floor::by_key(plain, &deep[at].2)?)).map(drop)
    };
    let figures = interleave(&mut [(&mut ours, deep.len()), (&mut by_key, deep.len())])?;
    let names = ["cardex", "rows by key"];
    Ok(names.iter().zip(&figures).map(|(name, figures)| Cell::new(name, figures)).collect())
}
