//! `search`: hits with what matched.

use std::ops::Range;

use cardex::{AdvisorId, Class, Contact, Field, Hit, Match, Network};
use clap::Args;
use serde::Serialize;

use super::{Done, contact};
use crate::args::{Global, Paging, paged};
use crate::desk::Desk;
use crate::out::{Cell, Out};

/// Search names as they are typed
#[derive(Debug, Args)]
pub(crate) struct Search {
    /// The start of a first, last or display name, and what follows it
    text: String,
    /// On this network only
    #[arg(long, value_name = "CODE")]
    network: Option<Network>,
    /// Among the contacts of this advisor only
    #[arg(long, value_name = "ID")]
    advisor: Option<AdvisorId>,
    #[command(flatten)]
    paging: Paging,
}

/// A hit as a line of JSON.
#[derive(Serialize)]
struct Item<'a> {
    contact: &'a Contact,
    matched: Matched<'a>,
}

#[derive(Serialize)]
struct Matched<'a> {
    class: &'static str,
    field: Field,
    ranges: Vec<Span<'a>>,
}

/// Bytes of a field as it is written.
#[derive(Serialize)]
struct Span<'a> {
    field: &'a Field,
    start: usize,
    end: usize,
}

impl Search {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let desk = Desk::open(global)?;
        let mut search = desk.session.search(self.text);
        if let Some(network) = self.network {
            search = search.network(network);
        }
        if let Some(advisor) = self.advisor {
            search = search.advisor(advisor);
        }
        let page = paged!(search, self.paging).page()?;
        if out.json() {
            for hit in &page.items {
                out.item(&Item { contact: &hit.contact, matched: matched(&hit.matched) })?;
            }
        } else {
            let rows = page.items.iter().map(|hit| contact::row(&hit.contact, name(hit)));
            out.table(&contact::HEADER, rows.collect())?;
        }
        Ok(out.page(page.before.as_ref(), page.after.as_ref(), None)?)
    }
}

fn matched(matched: &Match) -> Matched<'_> {
    let ranges = matched.ranges.iter();
    let ranges = ranges.map(|(field, range)| Span { field, start: range.start, end: range.end });
    Matched { class: class(matched.class), field: matched.field, ranges: ranges.collect() }
}

fn class(class: Class) -> &'static str {
    match class {
        Class::FirstName => "firstName",
        Class::LastName => "lastName",
        Class::DisplayName => "displayName",
        _ => "other",
    }
}

/// The name with what matched highlighted: in the display name if that shows it, else in first and last name, which
/// then stand in front of the display name.
fn name(hit: &Hit) -> Cell {
    let Hit { contact, matched, .. } = hit;
    let display = pieces(&contact.display_name, Field::DisplayName, matched);
    if matched.ranges.iter().all(|(field, _)| *field == Field::DisplayName) {
        return Cell(display);
    }
    let mut cell = pieces(&contact.first_name, Field::FirstName, matched);
    if !contact.first_name.is_empty() && !contact.last_name.is_empty() {
        cell.push((" ".to_owned(), false));
    }
    cell.extend(pieces(&contact.last_name, Field::LastName, matched));
    let plain: String = cell.iter().map(|(piece, _)| piece.as_str()).collect();
    if plain != contact.display_name {
        cell.push((format!(" ({})", contact.display_name), false));
    }
    Cell(cell)
}

/// A field in pieces, by what of it matched.
fn pieces(text: &str, field: Field, matched: &Match) -> Vec<(String, bool)> {
    let mut ranges: Vec<&Range<usize>> =
        matched.ranges.iter().filter(|(of, _)| *of == field).map(|(_, range)| range).collect();
    ranges.sort_by_key(|range| range.start);
    let mut pieces = Vec::new();
    let mut at = 0;
    for range in ranges {
        // A range that is none of this text is left out: the text is shown whole in any case.
        let (Some(plain), Some(found)) = (text.get(at..range.start), text.get(range.clone())) else {
            continue;
        };
        pieces.push((plain.to_owned(), false));
        pieces.push((found.to_owned(), true));
        at = range.end;
    }
    pieces.push((text.get(at..).unwrap_or_default().to_owned(), false));
    pieces.retain(|(piece, _)| !piece.is_empty());
    pieces
}
