//! `search`: contacts that match a text, with the matched ranges.

use cardex::{Field, Filter, Hit, Match, Network, Page, SearchFields, Status};
use clap::{Args, ValueEnum};

use crate::args::{AdvisorArg, BlockFilterArgs, Global, PageArgs, TimeArg, apply_paging};
use crate::commands::printed_lines::Print;
use crate::commands::{contact_output, printed_lines};
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// Search contacts as the text is typed
///
/// Searches names, companies, e-mail addresses, phones and identifiers.
#[derive(Debug, Args)]
pub(crate) struct Search {
    /// The text: the start of a name or of words in any order, initials, an e-mail address or a number
    text: String,
    /// Find the text anywhere inside of names, company, e-mail addresses, phones and identifiers
    #[arg(long, conflicts_with_all = ["within", "fuzzy", "has_phone", "has_email", "company", "status", "created_since",
        "active_since", "filter", "trash"])]
    substring: bool,
    /// Only contacts on this network
    #[arg(long, value_name = "CODE")]
    network: Option<Network>,
    /// Only contacts of this advisor, by id or e-mail address
    #[arg(long, value_name = "ADVISOR")]
    advisor: Option<AdvisorArg>,
    /// The fields to search
    #[arg(long = "in", value_name = "WHAT", default_value = "everything")]
    within: SearchIn,
    /// Also find words with one or two typing errors
    #[arg(long)]
    fuzzy: bool,
    /// Only contacts with a phone; `false`: without one
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    has_phone: Option<bool>,
    /// Only contacts with an e-mail address; `false`: without one
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    has_email: Option<bool>,
    /// Only contacts of this company
    #[arg(long, value_name = "NAME")]
    company: Option<String>,
    /// Only contacts with this status on the network, such as CONFIRMED
    #[arg(long, value_parser = parse_status)]
    status: Option<Status>,
    /// Only contacts added at this time or later; a day starts at midnight UTC
    #[arg(long, value_name = "TIME")]
    created_since: Option<TimeArg>,
    /// Only contacts active at this time or later; a day starts at midnight UTC
    #[arg(long, value_name = "TIME")]
    active_since: Option<TimeArg>,
    /// Only contacts that match this filter; see `list`
    #[arg(long = "where", value_name = "FILTER")]
    filter: Option<Filter>,
    /// Search the trash instead
    #[arg(long, conflicts_with = "advisor")]
    trash: bool,
    /// Print lines for scripts and mail programs instead of a table
    #[arg(long, value_name = "WHAT", conflicts_with = "json")]
    print: Option<Print>,
    #[command(flatten)]
    block_filter: BlockFilterArgs,
    #[command(flatten)]
    paging: PageArgs,
}

/// The fields that a search covers.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum SearchIn {
    /// First, last and display name, from the start of each
    Names,
    /// As `names`, and every word of names and companies
    Words,
    /// As `words`, and e-mail addresses, phones and identifiers
    Everything,
}

/// Parses the name of a status as it is in JSON, in any case.
fn parse_status(text: &str) -> Result<Status, String> {
    serde_json::from_value(serde_json::Value::String(text.to_ascii_uppercase().replace('-', "_")))
        .map_err(|_| "not a status; a status is for example CONFIRMED".to_owned())
}

impl Search {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let book = OpenStore::open(global)?;
        if self.substring {
            return self.run_substring(&book, out);
        }
        let mut search = book.session.search(self.text).fuzzy(self.fuzzy).fields(match self.within {
            SearchIn::Names => SearchFields::Names,
            SearchIn::Words => SearchFields::Words,
            SearchIn::Everything => SearchFields::Everything,
        });
        // The builder methods have the names of the options.
        macro_rules! set {
            ($($name:ident),*) => {$(
                if let Some(value) = self.$name {
                    search = search.$name(value);
                }
            )*};
        }
        if let Some(advisor) = self.advisor {
            search = search.advisor(advisor.resolve(&book.session)?);
        }
        set!(network, has_phone, has_email, company, status, filter);
        if let Some(TimeArg(time)) = self.created_since {
            search = search.created_since(time);
        }
        if let Some(TimeArg(time)) = self.active_since {
            search = search.active_since(time);
        }
        if let Some(blocked) = self.block_filter.selected() {
            search = search.blocked(blocked);
        }
        if self.trash {
            search = search.trash();
        }
        print(&apply_paging!(search, self.paging).page()?, self.print, out)
    }

    fn run_substring(self, book: &OpenStore, out: &mut Output) -> CommandResult {
        let mut search = book.session.search_substring(self.text);
        if let Some(network) = self.network {
            search = search.network(network);
        }
        if let Some(advisor) = self.advisor {
            search = search.advisor(advisor.resolve(&book.session)?);
        }
        if let Some(blocked) = self.block_filter.selected() {
            search = search.blocked(blocked);
        }
        print(&apply_paging!(search, self.paging).page()?, self.print, out)
    }
}

fn print(page: &Page<Hit>, lines: Option<Print>, out: &mut Output) -> CommandResult {
    if let Some(lines) = lines {
        out.write_lines(printed_lines::lines(lines, page.items.iter().map(|hit| &hit.contact)))?;
    } else if out.is_json() {
        for hit in &page.items {
            out.write_json_line(hit)?;
        }
    } else {
        out.write_table(&contact_output::HEADER, page.items.iter().map(row).collect())?;
    }
    Ok(out.end_page(page, None)?)
}

/// A hit as a table row with the matches highlighted. Matched fields without a column follow the name in brackets.
fn row(hit: &Hit) -> Vec<Cell> {
    let Hit { contact, matched, .. } = hit;
    let mut row = contact_output::row(contact, name(hit));
    for (cell, field, text) in [
        (1, Field::Company, contact.company.as_str()),
        (2, Field::Phone, contact.phones.first().map_or("", |phone| phone.text.as_str())),
    ] {
        if let Some(cell) = row.get_mut(cell) {
            *cell = Cell(highlighted_pieces(text, field, 0, matched));
        }
    }
    row
}

/// The name with the matches highlighted. If first or last name matched, they come before a different display name.
fn name(hit: &Hit) -> Cell {
    let Hit { contact, matched, .. } = hit;
    let has = |field| matched.ranges.iter().any(|range| range.field == field);
    let mut cell = if has(Field::FirstName) || has(Field::LastName) {
        let mut cell = highlighted_pieces(&contact.first_name, Field::FirstName, 0, matched);
        if !contact.first_name.is_empty() && !contact.last_name.is_empty() {
            cell.push((" ".to_owned(), false));
        }
        cell.extend(highlighted_pieces(&contact.last_name, Field::LastName, 0, matched));
        let plain: String = cell.iter().map(|(piece, _)| piece.as_str()).collect();
        if plain != contact.display_name {
            let display = highlighted_pieces(&contact.display_name, Field::DisplayName, 0, matched);
            cell.extend(in_brackets(display));
        }
        cell
    } else {
        highlighted_pieces(&contact.display_name, Field::DisplayName, 0, matched)
    };
    for range in &matched.ranges {
        let text = match range.field {
            Field::Nickname => Some(contact.nickname.as_str()),
            Field::Email => contact.emails.get(range.item).map(|email| email.text.as_str()),
            Field::Phone if range.item > 0 => contact.phones.get(range.item).map(|phone| phone.text.as_str()),
            Field::Identifier => contact.identifiers.get(range.item).map(|id| id.value.as_str()),
            _ => None,
        };
        if let Some(text) = text {
            cell.extend(in_brackets(highlighted_pieces(text, range.field, range.item, matched)));
        }
    }
    Cell(cell)
}

fn in_brackets(pieces: Vec<(String, bool)>) -> impl Iterator<Item = (String, bool)> {
    let plain = |text: &str| std::iter::once((text.to_owned(), false));
    plain(" (").chain(pieces).chain(plain(")"))
}

/// The text of a field in pieces: matched pieces are highlighted.
fn highlighted_pieces(text: &str, field: Field, item: usize, matched: &Match) -> Vec<(String, bool)> {
    let own = matched.ranges.iter().filter(|range| range.field == field && range.item == item);
    let mut ranges: Vec<_> = own.map(|range| &range.bytes).collect();
    ranges.sort_by_key(|range| range.start);
    let mut pieces = Vec::new();
    let mut at = 0;
    for range in ranges {
        // A range outside of the text is skipped; the whole text is shown in any case.
        let (Some(plain), Some(highlighted)) = (text.get(at..range.start), text.get(range.clone())) else {
            continue;
        };
        pieces.push((plain.to_owned(), false));
        pieces.push((highlighted.to_owned(), true));
        at = range.end;
    }
    pieces.push((text.get(at..).unwrap_or_default().to_owned(), false));
    pieces.retain(|(piece, _)| !piece.is_empty());
    pieces
}
