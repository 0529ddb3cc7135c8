//! Copies the crate, writes all mutants into the copy, and builds it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::find::{Edit, Shape, edits};
use crate::{Known, key};

/// The code that selects and records mutants in the copy.
const SWITCH: &str = include_str!("switch.rs");

/// The layers whose functions are changed.
const LAYERS: [&str; 7] =
    ["src/access/", "src/db/", "src/engine/", "src/feed/", "src/index/", "src/operations/", "src/query/"];

/// A source file with its mutants.
struct Written {
    file: String,
    text: String,
    /// The position of each mutant in the text.
    places: Vec<(usize, Range<usize>)>,
}

/// Writes edits into a source.
struct Writer<'a> {
    source: &'a str,
    edits: std::iter::Peekable<std::slice::Iter<'a, Edit>>,
    at: usize,
    out: String,
    places: Vec<(usize, Range<usize>)>,
}

impl Writer<'_> {
    /// Copies up to a byte offset, with the edits before it.
    fn copy(&mut self, end: usize, known: &mut Known) {
        while let Some(edit) = self.edits.next_if(|edit| edit.range.end <= end) {
            self.out.push_str(&self.source[self.at..edit.range.start]);
            self.at = edit.range.start;
            let (mut ids, mut differing) = (Vec::new(), String::new());
            for (text, mutant) in &edit.instead {
                let Some(id) = known.number(mutant) else { continue };
                let from = self.out.len();
                let asked = format!("crate::mutant::{}({id})", if edit.pure { "on" } else { "is" });
                let _ = match (edit.shape, ids.len()) {
                    (Shape::Return, _) => write!(self.out, " if {asked} {{ return {text}; }}"),
                    (Shape::Arm, _) => write!(self.out, " if !{asked}"),
                    (Shape::Expression, 0) => write!(self.out, "(if {asked} {{ {text} }}"),
                    (Shape::Expression, _) => write!(self.out, " else if {asked} {{ {text} }}"),
                };
                let _ = write!(differing, " crate::mutant::note_if({id}, it != ({text}));");
                self.places.push((id, from..self.out.len()));
                ids.push(id);
            }
            if edit.shape == Shape::Expression {
                self.otherwise(edit, &ids, &differing, known);
            }
        }
        self.out.push_str(&self.source[self.at..end]);
        self.at = end;
    }

    /// The expression without a mutant; if possible, it also records which mutants would give another value.
    fn otherwise(&mut self, edit: &Edit, ids: &[usize], differing: &str, known: &mut Known) {
        if ids.is_empty() {
            return self.copy(edit.range.end, known);
        }
        self.out.push_str(if edit.pure { " else { let it = " } else { " else { " });
        self.copy(edit.range.end, known);
        let from = self.out.len();
        if edit.pure {
            let _ = write!(self.out, "; if crate::mutant::noting() {{{differing} }} it");
        }
        self.out.push_str(" })");
        self.places.extend(ids.iter().map(|id| (*id, from..self.out.len())));
    }
}

/// All source files of the layers, with the mutants that are not known not to compile.
fn written(root: &Path, known: &mut Known) -> Vec<Written> {
    let in_layers = |file: &&String| LAYERS.iter().any(|layer| file.starts_with(layer));
    let code =
        |file: &&String| file.ends_with(".rs") && !file.ends_with("tests.rs") && !file.contains("/tests/");
    let files = tracked(root);
    known.restart();
    let write = |file: &String| {
        let source = fs::read_to_string(root.join(file)).unwrap();
        let edits = edits(file, &source);
        let mut writer = Writer {
            source: &source,
            edits: edits.iter().peekable(),
            at: 0,
            out: String::new(),
            places: Vec::new(),
        };
        writer.copy(source.len(), known);
        Written { file: file.clone(), text: writer.out, places: writer.places }
    };
    files.iter().filter(in_layers).filter(code).map(write).collect()
}

fn tracked(root: &Path) -> Vec<String> {
    let mut git = Command::new("git");
    let listed = git.current_dir(root).args(["ls-files", "-co", "--exclude-standard"]).output().unwrap();
    String::from_utf8(listed.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Writes a file only if it differs, so that it is not built again.
fn put(path: &Path, bytes: &[u8]) {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn copy(root: &Path, crate_: &Path, written: &[Written], most: usize) {
    for file in tracked(root) {
        let Ok(mut bytes) = fs::read(root.join(&file)) else { continue };
        if let Some(written) = written.iter().find(|written| written.file == file) {
            bytes = written.text.clone().into_bytes();
        }
        match file.as_str() {
            "src/lib.rs" => bytes = [b"#![allow(warnings)]\n", bytes.as_slice(), b"mod mutant;\n"].concat(),
            "Cargo.toml" => {
                bytes.extend_from_slice(b"\n[profile.dev.package.cardex]\nopt-level = 1\ndebug = 0\n");
            }
            _ => {}
        }
        put(&crate_.join(&file), &bytes);
    }
    let switch = SWITCH.replace("MOST: usize = 0", &format!("MOST: usize = {most}"));
    put(&crate_.join("src/mutant.rs"), switch.as_bytes());
}

/// All mutants of the source, without a build.
pub fn list(root: &Path, known: &mut Known) {
    written(root, known);
}

/// Builds the copy. Removes mutants until it compiles. Returns the test programs.
pub fn build(root: &Path, crate_: &Path, known: &mut Known) -> Vec<PathBuf> {
    loop {
        let written = written(root, known);
        copy(root, crate_, &written, known.mutants.len());
        eprintln!("building {} mutants, {} do not compile", known.mutants.len(), known.broken.len());
        if cargo(root, crate_, &["check", "-p", "cardex", "--lib"], &written, known) {
            let build = [
                "test", "-p", "cardex", "--no-run", "--lib", "--test", "suite", "--test", "damage", "--test",
                "oom",
            ];
            let messages =
                run(root, crate_, &build).expect("the copy compiles as a library, but not its tests");
            let program = |message: &Value| {
                let tests = message["profile"]["test"].as_bool().unwrap_or_default();
                message["executable"].as_str().filter(|_| tests).map(PathBuf::from)
            };
            let broken: String = known.broken.iter().map(|key| format!("{key}\n")).collect();
            fs::write(crate_.with_file_name("broken.txt"), broken).unwrap();
            return messages.iter().filter_map(program).collect();
        }
    }
}

/// Whether it compiles. Mutants that cause errors are left out from then on.
fn cargo(root: &Path, crate_: &Path, arguments: &[&str], written: &[Written], known: &mut Known) -> bool {
    let messages = match run(root, crate_, arguments) {
        Ok(_) => return true,
        Err(messages) => messages,
    };
    let before = known.broken.len();
    for message in messages.iter().map(|message| &message["message"]) {
        if message["level"] == "error" {
            let guilty = guilty(message, written);
            if guilty.is_empty() {
                eprintln!("{}", message["rendered"].as_str().unwrap_or_default());
            }
            known.broken.extend(guilty.iter().map(|id| key(&known.mutants[*id])));
        }
    }
    assert!(known.broken.len() > before, "no mutant is to blame");
    false
}

/// The mutants that a compiler error refers to.
fn guilty(message: &Value, written: &[Written]) -> BTreeSet<usize> {
    let mut spans: Vec<&Value> = message["spans"].as_array().unwrap().iter().collect();
    spans.sort_by_key(|span| span["is_primary"] != true);
    let at = |span: &&Value| {
        let file = written.iter().find(|written| span["file_name"] == written.file.as_str())?;
        let start = usize::try_from(span["byte_start"].as_u64()?).ok()?;
        let found = file.places.iter().filter(|(_, place)| place.contains(&start)).map(|(id, _)| *id);
        Some(found.collect::<BTreeSet<_>>()).filter(|found| !found.is_empty())
    };
    spans.iter().find_map(at).unwrap_or_default()
}

/// Runs cargo on the copy. Returns its messages and whether it succeeded.
fn run(root: &Path, crate_: &Path, arguments: &[&str]) -> Result<Vec<Value>, Vec<Value>> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(crate_).args(arguments).args(["--message-format", "json", "-q"]);
    let output =
        cargo.arg("--target-dir").arg(root.join("target")).stderr(Stdio::inherit()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let messages = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if output.status.success() { Ok(messages) } else { Err(messages) }
}
