//! Rules of the code's structure, checked against its source.

mod imports;
mod messages;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Cycles of imports that are kept: their files, and why. At most three, each of at most three files.
const KEPT_CYCLES: &[(&[&str], &str)] = &[];

/// The layers of the engine, from the bottom. A file may import from its own layer and from those before it. `error` stands beside
/// `model`: its messages use ids, fields and codes.
const LAYERS: &[&[&str]] = &[
    &["model", "error", "error_report"],
    &["host"],
    &["text"],
    &["db"],
    &["options"],
    &["index"],
    &["engine"],
    &["access"],
    &["feed"],
    &["query"],
    &["operations"],
    &["store", "session"],
    &["lib"],
];

/// Retired identifiers. docs/glossary.md has the terms that replace them.
const RETIRED: &[&str] = &[
    "Among",
    "Asked",
    "AttributeSpace",
    "Bell",
    "Beside",
    "BulkOutcome",
    "Containing",
    "Copied",
    "Crowd",
    "Desk",
    "Dice",
    "Ensured",
    "Eye",
    "Hand",
    "Health",
    "House",
    "Inner",
    "Keeper",
    "Lane",
    "Lease",
    "Merger",
    "OwnNumber",
    "OwnPhone",
    "PartCache",
    "PartCursor",
    "PoolNumber",
    "Reachable",
    "Refusal",
    "Removal",
    "Removed",
    "Seat",
    "Seeker",
    "Shelf",
    "Sieve",
    "Sift",
    "Tally",
    "Thing",
    "Ticks",
    "Told",
    "Watch",
    "Within",
    "WordSet",
    "Wreck",
    "caught",
    "chore",
    "chores",
    "desk",
    "desk_at",
    "dialect",
    "everybody",
    "flaw",
    "harm",
    "is_refusal",
    "is_sound",
    "judge",
    "keeper",
    "lay_out",
    "lease",
    "mergers",
    "mergers_of",
    "part_list",
    "press",
    "pressed",
    "refine",
    "relist",
    "rooms",
    "rung",
    "salvage",
    "seat",
    "strangers",
    "tale",
    "told",
    "told_of",
    "unkeyed",
    "upkeep",
    "use_up",
    "whom",
    "wish",
    "wreck",
    "write_whatever",
];

/// The folders with source files. The package of the engine has only some of them.
const SOURCE_FOLDERS: &[&str] = &["src", "crates", "tests", "benches", "fuzz", "tools", "examples"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|end| end == "rs") {
            out.push(path);
        }
    }
}

/// A file of the source.
pub(crate) struct Source {
    /// The path from the root, with `/`.
    name: String,
    text: String,
}

fn sources_in(folder: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    rust_files(&root().join(folder), &mut paths);
    paths.sort();
    let source = |path: PathBuf| Source {
        name: path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/"),
        text: fs::read_to_string(&path).unwrap(),
    };
    paths.into_iter().map(source).collect()
}

/// The files of the engine.
pub(crate) fn sources() -> Vec<Source> {
    let all = sources_in("src");
    assert!(all.len() > 100, "the sources are found");
    all
}

impl Source {
    /// Whether this is the file with that name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    fn is_test(&self) -> bool {
        self.name.ends_with("tests.rs") || self.name.contains("/tests/")
    }

    /// The text up to the unit tests, without comments, and with empty string literals.
    fn plain(&self) -> String {
        let end = self.text.find("#[cfg(test)]\nmod ").unwrap_or(self.text.len());
        without_comments(&self.text[..end])
    }

    /// Lines that are neither comments nor tests, with their numbers.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.text.find("#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        let text = if self.is_test() { "" } else { &self.text[..end] };
        text.lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// The folder or file below `src`.
    fn layer(&self) -> &str {
        self.name.trim_start_matches("src/").split('/').next().unwrap().trim_end_matches(".rs")
    }
}

/// Removes comments, and what string and character literals contain.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if let Some(body) = raw_string(rest) {
            out.push_str("\"\"");
            rest = body;
        } else if c == '"' {
            out.push_str("\"\"");
            rest = after_string(&rest[1..]);
        } else if let Some(body) = after_char(rest) {
            rest = body;
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// What follows a raw string that begins here.
fn raw_string(text: &str) -> Option<&str> {
    let hashes = text.strip_prefix('r')?;
    let body = hashes.trim_start_matches('#');
    let end = format!("\"{}", "#".repeat(hashes.len() - body.len()));
    let body = body.strip_prefix('"')?;
    body.find(&end).map(|at| &body[at + end.len()..])
}

fn after_string(text: &str) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

/// What follows a character literal that begins here; `None` for a lifetime.
fn after_char(text: &str) -> Option<&str> {
    let body = text.strip_prefix('\'')?;
    let rest = match body.strip_prefix('\\') {
        Some(escape) => &escape[escape.chars().next()?.len_utf8()..],
        None => &body[body.chars().next()?.len_utf8()..],
    };
    if body.starts_with("\\u") { rest.find('\'').map(|at| &rest[at + 1..]) } else { rest.strip_prefix('\'') }
}

/// Lines of files outside of some folders for which `is` holds.
fn lines_outside(folders: &[&str], is: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for source in
        sources().iter().filter(|source| !folders.iter().any(|folder| source.name.starts_with(folder)))
    {
        let lines = source.code().filter(|(_, line)| is(line));
        found.extend(lines.map(|(at, line)| format!("{}:{at}: {line}", source.name)));
    }
    found
}

#[test]
fn imports_have_no_cycles() {
    assert!(
        KEPT_CYCLES.len() <= 3 && KEPT_CYCLES.iter().all(|(files, why)| files.len() <= 3 && !why.is_empty())
    );
    let graph = imports::graph();
    assert!(graph.values().map(BTreeSet::len).sum::<usize>() > 500, "the imports are found");
    let kept: Vec<Vec<String>> =
        KEPT_CYCLES.iter().map(|(files, _)| files.iter().map(|file| (*file).to_owned()).collect()).collect();
    let cycles = imports::cycles(&graph);
    let new: Vec<_> = cycles.iter().filter(|cycle| !kept.contains(cycle)).collect();
    assert!(new.is_empty(), "cycles of imports: {new:#?}");
    assert_eq!(cycles.len(), kept.len(), "a kept cycle is gone: remove it from the list");
}

#[test]
fn layers_import_from_lower_layers() {
    let rank = |name: &str| LAYERS.iter().position(|layer| layer.contains(&name));
    let layer = |file: &str| Source { name: file.to_owned(), text: String::new() }.layer().to_owned();
    let mut faults = Vec::new();
    for (file, targets) in imports::graph() {
        let from = rank(&layer(&file)).unwrap_or_else(|| panic!("{file} is in no layer"));
        faults.extend(
            targets
                .iter()
                .filter(|target| rank(&layer(target)).is_none_or(|to| to > from))
                .map(|target| format!("{file} imports {target}")),
        );
    }
    assert_eq!(faults, [""; 0]);
}

#[test]
fn retired_identifiers_do_not_return() {
    let retired: BTreeSet<&str> = RETIRED.iter().copied().collect();
    let mut found = Vec::new();
    // This file has them as strings, and `plain` empties strings.
    for source in SOURCE_FOLDERS.iter().flat_map(|folder| sources_in(folder)) {
        let text = source.plain();
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        found.extend(
            words.filter(|word| retired.contains(word)).map(|word| format!("{}: {word}", source.name)),
        );
    }
    assert_eq!(found, [""; 0], "docs/glossary.md has the terms to use");
}

#[test]
fn sql_is_in_db() {
    assert_eq!(lines_outside(&["src/db/"], |line| line.contains("rusqlite")), [""; 0]);
    let words =
        ["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "PRAGMA ", "CREATE TABLE", "BEGIN IMMEDIATE"];
    let sql = |line: &str| line.contains('"') && words.iter().any(|word| line.contains(word));
    assert_eq!(lines_outside(&["src/db/"], sql), [""; 0]);
}

#[test]
fn the_schema_is_in_one_file() {
    let ddl = |line: &str| {
        ["CREATE ", "ALTER ", "DROP "].iter().any(|verb| {
            ["TABLE", "INDEX", "TRIGGER", "VIEW"]
                .iter()
                .any(|object| line.contains(&format!("{verb}{object}")))
        })
    };
    assert_eq!(lines_outside(&[], ddl), [""; 0]);
}

/// Two of the HTTP APIs number their pages: those pages alone are found by counting.
#[test]
fn sql_offset_is_for_numbered_pages() {
    assert_eq!(lines_outside(&["src/db/list/range_scan.rs"], |line| line.contains("OFFSET ")), [""; 0]);
}

#[test]
fn no_unfinished_code() {
    let unfinished = |line: &str| ["todo!", "unimplemented!", "dbg!("].iter().any(|word| line.contains(word));
    assert_eq!(lines_outside(&[], unfinished), [""; 0]);
}

#[test]
fn constants_do_not_depend_on_tests() {
    assert_eq!(lines_outside(&[], |line| line.contains("cfg!(test)")), [""; 0], "use host::tuning::Tuning");
}

#[test]
fn files_have_at_most_400_lines() {
    const LIMIT: usize = 400;
    // A generator writes it: tests/fixtures/phones/make.py.
    const GENERATED: &str = "src/text/phone/metadata.rs";
    let all = SOURCE_FOLDERS.iter().flat_map(|folder| sources_in(folder));
    let lengths = all.filter(|source| source.name != GENERATED);
    let lengths = lengths.map(|source| (source.text.lines().count(), source.name));
    let long: Vec<_> = lengths
        .filter(|(lines, _)| *lines > LIMIT)
        .map(|(lines, name)| format!("{name}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "the limit is {LIMIT} lines: {long:#?}");
}

#[test]
fn the_engine_has_no_unsafe_code() {
    assert!(fs::read_to_string(root().join("src/lib.rs")).unwrap().contains("#![forbid(unsafe_code)]"));
}
