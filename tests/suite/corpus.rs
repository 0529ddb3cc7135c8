//! What was fuzzed once, and every input that failed then, once more: see `fuzz/`.

use std::path::PathBuf;

#[path = "../../fuzz/targets.rs"]
mod targets;

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("kept-"))
        .collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

#[test]
fn what_is_kept_passes() {
    for (name, target) in targets::ALL {
        let kept = corpus(name);
        assert!(kept.len() > 1, "{name} has a corpus");
        for (path, data) in kept {
            println!("{}", path.display());
            target(&data);
        }
    }
}

/// A target that nobody runs is none.
#[test]
fn every_target_is_built_and_known() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let built = std::fs::read_dir(root.join("fuzz_targets")).unwrap();
    let mut built: Vec<_> =
        built.map(|it| it.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    built.sort();
    let mut known: Vec<_> = targets::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    known.sort();
    assert_eq!(built, known);
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    assert!(known.iter().all(|name| manifest.contains(&format!("name = \"{name}\""))));
}
