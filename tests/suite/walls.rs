//! The walls between the parts of the library, held against its source.

use std::fs;
use std::path::{Path, PathBuf};

/// Files of more than 400 lines, and why.
const LONG: &[(&str, &str)] = &[];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, out);
        } else if path.extension().is_some_and(|end| end == "rs") {
            out.push(path);
        }
    }
}

pub(crate) struct Source {
    /// From the root, with `/`.
    name: String,
    text: String,
}

/// The library's own files.
pub(crate) fn sources() -> Vec<Source> {
    let mut paths = Vec::new();
    walk(&root().join("src"), &mut paths);
    paths.sort();
    let source = |path: PathBuf| Source {
        name: path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/"),
        text: fs::read_to_string(&path).unwrap(),
    };
    let all: Vec<_> = paths.into_iter().map(source).collect();
    assert!(all.len() > 40, "the sources are found");
    all
}

impl Source {
    /// Lines that are neither comments nor tests, with their numbers.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = self.name.ends_with("tests.rs") || self.name.contains("/tests/");
        let lines = self.text.lines().take_while(|line| !line.starts_with("#[cfg(test)]\nmod tests {"));
        let end = self.text.find("#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        let count = self.text[..end].lines().count();
        lines
            .take(if tests { 0 } else { count })
            .enumerate()
            .map(|(at, line)| (at + 1, line))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    fn part(&self) -> &str {
        let rest = self.name.trim_start_matches("src/");
        rest.split('/').next().unwrap().trim_end_matches(".rs")
    }
}

/// Files outside `rooms` with a line that `is` true of.
fn outside(rooms: &[&str], is: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !rooms.iter().any(|room| source.name.starts_with(room))) {
        found.extend(
            source
                .code()
                .filter(|(_, line)| is(line))
                .map(|(at, line)| format!("{}:{at}: {line}", source.name)),
        );
    }
    found
}

#[test]
fn sqlite_is_spoken_in_one_room() {
    assert_eq!(outside(&["src/db/"], |line| line.contains("rusqlite")), [""; 0]);
    let words =
        ["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "PRAGMA ", "CREATE TABLE", "BEGIN IMMEDIATE"];
    let sql = |line: &str| line.contains('"') && words.iter().any(|word| line.contains(word));
    assert_eq!(outside(&["src/db/"], sql), [""; 0]);
}

#[test]
fn the_schema_stands_in_one_file() {
    let ddl = |line: &str| {
        ["CREATE ", "ALTER ", "DROP "].iter().any(|word| {
            ["TABLE", "INDEX", "TRIGGER", "VIEW"].iter().any(|thing| line.contains(&format!("{word}{thing}")))
        })
    };
    assert_eq!(outside(&[], ddl), [""; 0]);
}

#[test]
fn http_is_spoken_at_the_edge() {
    assert_eq!(outside(&["src/dialect/", "src/bin/"], |line| line.contains("http::")), [""; 0]);
    assert_eq!(
        outside(&["src/bin/cardex/commands/serve/"], |line| line.contains("tokio::")
            || line.contains("hyper::")),
        [""; 0]
    );
}

/// But a page that is asked for by its number, as two of the contracts do.
#[test]
fn no_page_is_found_by_counting() {
    let by_number = ["src/db/stretch.rs"];
    assert_eq!(outside(&by_number, |line| line.contains("OFFSET")), [""; 0]);
}

#[test]
fn nothing_is_left_to_do() {
    let left = |line: &str| ["todo!", "unimplemented!", "dbg!("].iter().any(|word| line.contains(word));
    assert_eq!(outside(&[], left), [""; 0]);
}

#[test]
fn files_are_short() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter(|source| source.text.lines().count() > 400 && !source.name.ends_with("tests.rs"))
        .map(|source| source.name)
        .filter(|name| !name.contains("/tests/"))
        .collect();
    let allowed: Vec<_> = LONG.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(long, allowed);
}

/// What each part may use of the others. Modules that are left out (`error`, `options`, `bell`, `clock`, `interrupt`) are used by
/// all.
const FLOORS: &[(&str, &[&str])] = &[
    ("text", &["model"]),
    ("model", &[]),
    ("db", &["model", "text"]),
    ("index", &["model", "text", "db"]),
    ("feed", &["model", "db", "rights", "session"]),
    ("refusal", &["model"]),
    ("rights", &["model", "db"]),
    ("session", &["model", "db", "rights", "store"]),
    ("store", &["model", "text", "db", "index", "book", "session"]),
    ("query", &["model", "text", "db", "index", "feed", "rights", "session", "store"]),
    ("book", &["model", "text", "db", "index", "feed", "query", "rights", "session", "store"]),
    ("demo", &["model"]),
    // The other products' contracts are answered by what everybody can call: see the test below.
    ("dialect", &[]),
    ("exchange", &["model", "text", "book", "query", "session", "store", "feed", "demo"]),
];

#[test]
fn floors_rest_on_lower_floors() {
    let known: Vec<&str> = FLOORS.iter().map(|(part, _)| *part).collect();
    let mut faults = Vec::new();
    for source in sources() {
        let Some((part, below)) = FLOORS.iter().find(|(part, _)| *part == source.part()) else { continue };
        for (at, line) in source.code() {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if known.contains(&used.as_str()) && used != *part && !below.contains(&used.as_str()) {
                    faults.push(format!("{}:{at}: {part} uses {used}", source.name));
                }
            }
        }
    }
    assert_eq!(faults, [""; 0]);
}

#[test]
fn dialects_use_what_everybody_can_call() {
    let names = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let private: Vec<String> = names
        .lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .map(|part| format!("crate::{part}::"))
        .collect();
    assert!(private.len() > 10, "the modules are found");
    let uses = |line: &str| private.iter().any(|part| line.contains(part.as_str()));
    let rooms: Vec<_> =
        outside(&[], uses).into_iter().filter(|fault| fault.starts_with("src/dialect/")).collect();
    assert_eq!(rooms, [""; 0]);
}

#[test]
fn the_library_has_no_unsafe_code() {
    assert!(fs::read_to_string(root().join("src/lib.rs")).unwrap().contains("#![forbid(unsafe_code)]"));
}
