//! `search`: hits with what matched.

use std::ops::Range;

use cardex::{AdvisorId, Class, Contact, Field, Match, Network, SubstringHit};
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
    /// Find the text anywhere in names, company, e-mail addresses, phones and identifiers instead
    #[arg(long)]
    substring: bool,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'static str>,
    field: Field,
    /// Which of several e-mail addresses, phones or identifiers.
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<usize>,
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
        if self.substring {
            return self.substrings(&desk, out);
        }
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
            let row = |hit: &cardex::Hit| contact::row(&hit.contact, name(&hit.contact, &hit.matched.ranges));
            out.table(&contact::HEADER, page.items.iter().map(row).collect())?;
        }
        Ok(out.page(page.before.as_ref(), page.after.as_ref())?)
    }

    fn substrings(self, desk: &Desk, out: &mut Out) -> Done {
        let mut search = desk.session.containing(self.text);
        if let Some(network) = self.network {
            search = search.network(network);
        }
        if let Some(advisor) = self.advisor {
            search = search.advisor(advisor);
        }
        let page = paged!(search, self.paging).page()?;
        if out.json() {
            for SubstringHit { contact, matched, .. } in &page.items {
                let (field, item) = (matched.field, Some(matched.item));
                let matched = Matched { class: None, field, item, ranges: spans(&matched.ranges) };
                out.item(&Item { contact, matched })?;
            }
        } else {
            let row = |hit: &SubstringHit| contact::row(&hit.contact, containing(hit));
            out.table(&contact::HEADER, page.items.iter().map(row).collect())?;
        }
        Ok(out.page(page.before.as_ref(), page.after.as_ref())?)
    }
}

fn matched(matched: &Match) -> Matched<'_> {
    let ranges = spans(&matched.ranges);
    Matched { class: Some(class(matched.class)), field: matched.field, item: None, ranges }
}

fn spans(ranges: &[Matching]) -> Vec<Span<'_>> {
    ranges.iter().map(|(field, range)| Span { field, start: range.start, end: range.end }).collect()
}

/// Bytes of a field that matched.
type Matching = (Field, Range<usize>);

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
fn name(contact: &Contact, matched: &[Matching]) -> Cell {
    let display = pieces(&contact.display_name, Field::DisplayName, matched);
    if matched.iter().all(|(field, _)| *field == Field::DisplayName) {
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

/// The name, with what contains the text behind it where that is another field.
fn containing(hit: &SubstringHit) -> Cell {
    let SubstringHit { contact, matched, .. } = hit;
    let other = match matched.field {
        Field::Nickname => Some(&contact.nickname),
        Field::Company => Some(&contact.company),
        Field::Email => contact.emails.get(matched.item).map(|email| &email.text),
        Field::Phone => contact.phones.get(matched.item).map(|phone| &phone.text),
        Field::Identifier => contact.identifiers.get(matched.item).map(|identifier| &identifier.value),
        _ => None,
    };
    let Some(other) = other else { return name(contact, &matched.ranges) };
    let mut cell = pieces(&contact.display_name, Field::DisplayName, &[]);
    cell.push((" (".to_owned(), false));
    cell.extend(pieces(other, matched.field, &matched.ranges));
    cell.push((")".to_owned(), false));
    Cell(cell)
}

/// A field in pieces, by what of it matched.
fn pieces(text: &str, field: Field, matched: &[Matching]) -> Vec<(String, bool)> {
    let mut ranges: Vec<&Range<usize>> =
        matched.iter().filter(|(of, _)| *of == field).map(|(_, range)| range).collect();
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
