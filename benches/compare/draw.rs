//! The figures of the README, from the stored results of all sizes.

use std::path::{Path, PathBuf};

use crate::charts::{Group, Line, bars, count, lines};
use crate::report::Report;
use crate::{Result, list, search, ways};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/figures");

/// The growth curves: section, row, and column.
const CURVES: [(&str, &str, &str, &str); 8] = [
    ("search, 1 letter, everyone", search::SECTION, "1 letter, everyone", "cardex"),
    ("search, 3 letters, everyone", search::SECTION, "3 letters, everyone", "cardex"),
    ("search, 1 letter, advisor with 500", search::SECTION, "1 letter, advisor with 500", "cardex"),
    ("list, forward, everyone", list::SECTION, "forward, everyone", "cardex"),
    ("search, two words, all networks", ways::SECTION, "two words, the last name first", "quiet"),
    ("rows by key", search::SECTION, "1 letter, everyone", "rows by key"),
    ("FTS5, 1 letter, everyone", search::SECTION, "1 letter, everyone", "FTS5"),
    ("LIKE, 1 letter, everyone", search::SECTION, "1 letter, everyone", "LIKE"),
];

/// The rows of compare.svg.
const BARS: [&str; 4] =
    ["1 letter, everyone", "3 letters, everyone", "5 letters, everyone", "1 letter, advisor with 500"];

pub(crate) fn all(reports: &[Report]) -> Result<()> {
    if reports.is_empty() {
        return Err("nothing is kept under bench-data/: measure first".into());
    }
    std::fs::create_dir_all(FOLDER)?;
    let curve = |(name, section, row, who): &(&str, &str, &str, &str)| {
        #[allow(clippy::cast_precision_loss)]
        let point = |report: &Report| {
            let cell = report.row(section, row)?.cells.iter().find(|cell| cell.who == *who)?;
            Some((report.contacts as f64, cell.p50))
        };
        let points: Vec<_> = reports.iter().filter_map(point).collect();
        let ours = *who == "cardex" || *who == "quiet";
        (!points.is_empty()).then(|| Line { name: (*name).to_owned(), points, ours })
    };
    let curves: Vec<Line> = CURVES.iter().filter_map(curve).collect();
    for line in curves.iter().filter(|line| line.ours) {
        if let [(_, first), .., (_, last)] = line.points.as_slice() {
            println!("growth of {}: {:.2} times", line.name, last / first);
        }
    }
    lines(&figure("growth.svg"), "Median time of a page of 20 contacts, by the size of the book", &curves)?;
    // The largest sizes can have results for some kinds of search only.
    let compared = reports.iter().filter(|report| report.row(search::SECTION, BARS[0]).is_some());
    let Some(largest) = compared.max_by_key(|report| report.contacts) else {
        println!("compare.svg does not change: no results with other engines");
        return Ok(());
    };
    let group = |row: &str| {
        let cells = &largest.row(search::SECTION, row)?.cells;
        let bars = cells.iter().map(|cell| (cell.who.clone(), cell.p50)).collect();
        Some(Group { heading: row.to_owned(), bars })
    };
    let groups: Vec<_> = BARS.iter().filter_map(|row| group(row)).collect();
    #[allow(clippy::cast_precision_loss)]
    let contacts = count(largest.contacts as f64);
    let title = format!("Search in {contacts} contacts: median time of the first page of 20");
    bars(&figure("compare.svg"), &title, &groups)
}

fn figure(name: &str) -> PathBuf {
    println!("drawing benches/figures/{name}");
    Path::new(FOLDER).join(name)
}
