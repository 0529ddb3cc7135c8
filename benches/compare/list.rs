//! Lists: pages in both directions at any depth, compared with a row-value keyset on a covering index and with the same
//! rows by key.

use cardex::{Actor, AdvisorId, Contact, ContactList, Cursor, Network, Page, Session, Store};
use rusqlite::{Connection, params};

use crate::books::{Asker, Books};
use crate::measure::{Figures, interleave, timed};
use crate::names::local;
use crate::peers::sqlite;
use crate::report::{Cell, Report, Section};
use crate::{PAGE, Result, floor};

pub(crate) const SECTION: &str = "list on one network, a page of 20";

/// The start of a page, for both engines.
struct Place {
    cursor: Cursor,
    sort_key: Vec<u8>,
    contact: i64,
}

fn list(session: &Session, advisor: Option<AdvisorId>) -> ContactList<'_> {
    let list = session.contacts().network(Network::WHATSAPP).limit(PAGE);
    if let Some(advisor) = advisor { list.advisor(advisor) } else { list }
}

/// Positions throughout a list: each section, and some pages after it.
fn places(
    session: &Session,
    plain: &Connection,
    advisor: Option<AdvisorId>,
    queries: usize,
    forward: bool,
) -> Result<Vec<Place>> {
    let list = || list(session, advisor);
    let letters: Vec<String> =
        list().sections()?.into_iter().filter(|s| s.contacts > 2 * 20).map(|section| section.label).collect();
    let mut places = Vec::new();
    let each = queries.div_ceil(letters.len().max(1));
    for letter in letters {
        let mut page = list().from_section(letter).page()?;
        for _ in 0..each {
            // Forward, a page starts after the last contact of the previous one; backward, before the first.
            let (edge, cursor) = if forward {
                (page.items.last(), page.after.clone())
            } else {
                (page.items.first(), page.before.clone())
            };
            let (Some(edge), Some(cursor)) = (edge, cursor) else { break };
            let (sort_key, contact) =
                plain.query_row("SELECT sort_key0, id FROM contact WHERE id = ?", [edge.id.0], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            places.push(Place { cursor, sort_key, contact });
            let Some(after) = page.after else { break };
            page = list().after(after).page()?;
        }
    }
    places.truncate(queries);
    Ok(places)
}

/// The page from a plain covering index: keys by a row value, then rows by key.
fn keyset(plain: &Connection, whose: (i64, i64), place: &Place, forward: bool) -> Result<Vec<i64>> {
    let sql = if forward {
        "SELECT contact FROM list_entry WHERE generation = 0 AND owner_kind = ?1 AND owner = ?2 AND network = 1
            AND (sort_key, contact) > (?3, ?4) ORDER BY sort_key, contact LIMIT ?5"
    } else {
        "SELECT contact FROM list_entry WHERE generation = 0 AND owner_kind = ?1 AND owner = ?2 AND network = 1
            AND (sort_key, contact) < (?3, ?4) ORDER BY sort_key DESC, contact DESC LIMIT ?5"
    };
    let mut select = plain.prepare_cached(sql)?;
    let most = i64::try_from(PAGE)?;
    let found = select
        .query_map(params![whose.0, whose.1, place.sort_key, place.contact, most], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<i64>>>()?;
    floor::by_key(plain, &found)?;
    Ok(found)
}

/// The owner of a list, as stored in the rows.
fn owner(plain: &Connection, advisor: Option<AdvisorId>) -> Result<(i64, i64)> {
    Ok(match advisor {
        Some(id) => (2, plain.query_row("SELECT id FROM advisor WHERE public_id = ?", [id.0], |row| row.get(0))?),
        None => plain.query_row(
            "SELECT owner_kind, owner FROM list_entry WHERE generation = 0 AND owner_kind < 2 AND network = 1 LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?,
    })
}

pub(crate) fn run(books: &Books, queries: usize, report: &mut Report) -> Result<()> {
    let store = Store::open(&books.book)?;
    let session = store.session(Actor::System);
    let plain = sqlite::open(&books.plain)?;
    let mut section = Section::new(SECTION, "µs p50 / p99", "at most 1.2 times the keyset, at any depth");
    for Asker { name: who, advisor, .. } in books.askers() {
        let whose = owner(&plain, advisor)?;
        for (way, forward) in [("forward", true), ("backward", false)] {
            let places = places(&session, &plain, advisor, queries, forward)?;
            if places.is_empty() {
                continue; // a list of five has one page
            }
            let page = |place: &Place| -> Result<Page<Contact>> {
                let (list, cursor) = (list(&session, advisor), place.cursor.clone());
                Ok(if forward { list.after(cursor) } else { list.before(cursor) }.page()?)
            };
            let mut rows = Vec::new();
            for place in &places {
                let ours = local(&plain, page(place)?.items.iter().map(|contact| contact.id))?;
                let mut theirs = keyset(&plain, whose, place, forward)?;
                if !forward {
                    theirs.reverse();
                }
                if ours != theirs {
                    return Err(format!("a page {way} of {who} differs from the plain rows").into());
                }
                rows.push(ours);
            }
            let count = places.len();
            let mut ours = |at: usize, figures: &mut Figures| timed(figures, || page(&places[at])).map(drop);
            let mut theirs = |at: usize, figures: &mut Figures| {
                timed(figures, || keyset(&plain, whose, &places[at], forward)).map(drop)
            };
            let mut by_key = |at: usize, figures: &mut Figures| {
                timed(figures, || Ok(floor::by_key(&plain, &rows[at])?)).map(drop)
            };
            let figures = interleave(&mut [(&mut ours, count), (&mut theirs, count), (&mut by_key, count)])?;
            let names = ["cardex", "keyset and rows by key", "rows by key"];
            let cells = names.iter().zip(&figures).map(|(name, figures)| Cell::new(name, figures));
            section.add(format!("{way}, {who}"), cells.collect());
        }
    }
    report.add(section)
}
