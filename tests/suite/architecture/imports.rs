//! The import graph of the engine, read from its source.

use std::collections::{BTreeMap, BTreeSet};

use super::{Source, sources};

/// A path of the source, as segments from the crate's root.
type Path = Vec<String>;

/// What the module files declare and hand on.
struct Modules {
    /// The file of each module.
    files: BTreeMap<Path, String>,
    /// The target of a name that a module re-exports from another module.
    exports: BTreeMap<(Path, String), Path>,
}

fn module_of(file: &str) -> Path {
    let rest = file.strip_prefix("src/").unwrap().strip_suffix(".rs").unwrap();
    let mut path: Path = rest.split('/').map(str::to_owned).collect();
    if matches!(path.last().map(String::as_str), Some("mod" | "lib")) {
        path.pop();
    }
    path
}

/// Splits a list at its commas outside of braces.
fn split_list(list: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[from..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The paths of a `use` tree, each with the name that it gives.
fn leaves(tree: &str, prefix: &[String], out: &mut Vec<(Path, String)>) {
    if let Some((head, list)) = tree.split_once('{') {
        let mut path = prefix.to_vec();
        path.extend(head.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned));
        for part in split_list(list.trim_end().strip_suffix('}').unwrap()) {
            leaves(part, &path, out);
        }
        return;
    }
    let (tree, alias) = tree.split_once(" as ").map_or((tree, None), |(tree, alias)| (tree, Some(alias)));
    let mut path = prefix.to_vec();
    path.extend(tree.split("::").map(|part| part.trim().to_owned()));
    if path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let name = alias.map_or_else(|| path.last().unwrap().clone(), |alias| alias.trim().to_owned());
    out.push((path, name));
}

/// Makes a path absolute; `None` if it leads out of the crate.
fn absolute(path: &[String], module: &[String], modules: &BTreeMap<Path, String>) -> Option<Path> {
    let mut base = match path.first()?.as_str() {
        "crate" => Vec::new(),
        "self" => module.to_vec(),
        "super" => module[..module.len().checked_sub(1)?].to_vec(),
        first => {
            let child = [module, &[first.to_owned()]].concat();
            return modules.contains_key(&child).then(|| [module, path].concat());
        }
    };
    let rest = path[1..].iter().skip_while(|part| {
        let up = *part == "super";
        if up {
            base.pop();
        }
        up
    });
    let rest: Path = rest.cloned().collect();
    Some([base, rest].concat())
}

impl Modules {
    fn read(sources: &[Source]) -> Self {
        let files: BTreeMap<_, _> =
            sources.iter().map(|source| (module_of(&source.name), source.name.clone())).collect();
        let mut exports = BTreeMap::new();
        for source in sources {
            let module = module_of(&source.name);
            for (is_public, path, name) in uses(&source.plain()) {
                if is_public && let Some(path) = absolute(&path, &module, &files) {
                    exports.insert((module.clone(), name), path);
                }
            }
        }
        Self { files, exports }
    }

    /// The file in which what a path names is defined.
    fn file_of(&self, path: &[String], depth: usize) -> Option<&str> {
        let module = (0..=path.len()).rev().find(|end| self.files.contains_key(&path[..*end]))?;
        if let Some(name) = path.get(module)
            && let Some(target) = self.exports.get(&(path[..module].to_vec(), name.clone()))
            && depth < 8
        {
            return self.file_of(&[target, &path[module + 1..]].concat(), depth + 1);
        }
        self.files.get(&path[..module]).map(String::as_str)
    }
}

/// The `use` declarations of a text: whether others see them, the path, the name.
fn uses(text: &str) -> Vec<(bool, Path, String)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("use ") {
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let before = text[line..at].trim();
        if !before.is_empty()
            && !(before.starts_with("pub") && (before.ends_with("pub") || before.ends_with(')')))
        {
            continue;
        }
        let tree = text[at + 4..].split(';').next().unwrap();
        let mut out = Vec::new();
        leaves(&tree.replace('\n', " "), &[], &mut out);
        found.extend(out.into_iter().map(|(path, name)| (!before.is_empty(), path, name)));
    }
    found
}

/// The text without its `use` declarations.
fn without_uses(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().filter(|line| {
        let start = line.trim_start();
        let declares = start.starts_with("use ") || (start.starts_with("pub") && start.contains(" use "));
        let skip = inside || declares;
        inside = skip && !line.contains(';');
        !skip
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Paths in expressions and types: `db::metadata::read`.
fn inline(text: &str) -> Vec<Path> {
    let mut found = Vec::new();
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = text;
    while let Some(at) = rest.find("::") {
        let from = rest[..at]
            .rfind(|c| !word(c))
            .map_or(0, |end| end + rest[end..].chars().next().unwrap().len_utf8());
        let end = rest[at..].find(|c| !word(c) && c != ':').map_or(rest.len(), |end| at + end);
        let path: Path = rest[from..end].split("::").map(str::to_owned).collect();
        let visibility = rest[..from].ends_with("pub(in ");
        if !visibility
            && path.first().is_some_and(|first| first.starts_with(|c: char| c.is_ascii_lowercase()))
        {
            found.push(path);
        }
        rest = &rest[end.max(at + 2)..];
    }
    found
}

/// Which files each file imports from. A file that only hands names on is passed through to where they are defined.
pub(crate) fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let sources = sources();
    let modules = Modules::read(&sources);
    let mut graph = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        let (module, text) = (module_of(&source.name), source.plain());
        let declared = uses(&text);
        let mut names = BTreeMap::new();
        let mut targets = BTreeSet::new();
        for (is_public, path, name) in declared {
            let Some(path) = absolute(&path, &module, &modules.files) else { continue };
            if !is_public {
                // A module that is imported as a whole is passed through: what is used of it is found in the paths below.
                if modules.files.contains_key(&path) {
                    names.insert(name, path);
                    continue;
                }
                targets.extend(modules.file_of(&path, 0).map(str::to_owned));
                names.insert(name, path);
            }
        }
        for path in inline(&without_uses(&text)) {
            let path = match names.get(&path[0]) {
                Some(known) => Some([known, &path[1..]].concat()),
                None => absolute(&path, &module, &modules.files),
            };
            targets.extend(path.and_then(|path| modules.file_of(&path, 0)).map(str::to_owned));
        }
        targets.remove(&source.name);
        graph.insert(source.name.clone(), targets);
    }
    graph
}

/// The groups of files that import each other in a circle (Tarjan's strongly connected components of more than one file).
pub(crate) fn cycles(graph: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let reach = |from: &String| {
        let mut seen = BTreeSet::new();
        let mut open = vec![from.clone()];
        while let Some(next) = open.pop() {
            for target in graph.get(&next).into_iter().flatten() {
                if seen.insert(target.clone()) {
                    open.push(target.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<_, _> = graph.keys().map(|file| (file.clone(), reach(file))).collect();
    let mut groups = BTreeSet::new();
    for (file, seen) in &reached {
        if seen.contains(file) {
            let group: Vec<_> = seen.iter().filter(|other| reached[*other].contains(file)).cloned().collect();
            groups.insert(group);
        }
    }
    groups.into_iter().collect()
}
