//! Runs the fuzz targets on the stored corpus and on mutations of it: see `fuzz/`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::PathBuf;

#[path = "../../../fuzz/targets.rs"]
mod targets;

/// The folder of the fuzz targets, two levels up.
fn fuzz() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// A small deterministic generator of numbers.
#[derive(Debug, Clone)]
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((x ^ x >> 31) % end.max(1) as u64).unwrap()
    }
}

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = fuzz().join("corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("kept-"))
        .collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

#[test]
fn the_corpus_passes() {
    for (name, target) in targets::ALL {
        let inputs = corpus(name);
        assert!(inputs.len() > 1, "{name} has a corpus");
        for (path, data) in inputs {
            println!("{}", path.display());
            target(&data);
        }
    }
}

/// A mutated input of the corpus: bytes are flipped, removed, repeated, or replaced by those of another input or by words
/// with a meaning in some format.
fn mutate(inputs: &[(PathBuf, Vec<u8>)], random: &mut Random) -> Vec<u8> {
    const WORDS: [&str; 16] = [
        "\0",
        "\u{301}",
        "\u{200f}",
        "ß",
        "\u{1F600}",
        "%00",
        "{c}",
        "null",
        "-1",
        "9223372036854775807",
        "1e999",
        "\"",
        "\\",
        "\r\n ",
        "[[[[",
        "ENCODING=QUOTED-PRINTABLE:=",
    ];
    let mut data = inputs[random.below(inputs.len())].1.clone();
    for _ in 0..=random.below(4) {
        let at = random.below(data.len() + 1);
        let end = (at + random.below(16)).min(data.len());
        match random.below(6) {
            0 if at < data.len() => data[at] ^= 1 << random.below(8),
            1 => drop(data.drain(at..end)),
            2 => drop(data.splice(at..at, data[at..end].to_vec())),
            3 => drop(data.splice(at..end, WORDS[random.below(WORDS.len())].bytes())),
            4 => {
                let other = &inputs[random.below(inputs.len())].1;
                let from = random.below(other.len() + 1);
                data.truncate(at);
                data.extend_from_slice(&other[from..]);
            }
            _ => drop(data.splice(at..at, [u8::try_from(random.below(256)).unwrap()])),
        }
    }
    data.truncate(4_096);
    data
}

/// The same targets without coverage guidance: less effective, but fast enough for every push. `CARDEX_CASES` is the number
/// of cases per target, `CARDEX_SEED` the first seed, `CARDEX_TARGET` the only target.
#[test]
fn mutations_of_the_corpus_pass() {
    let number = |name: &str, default| std::env::var(name).ok().map_or(default, |text| text.parse().unwrap());
    let (cases, first) = (number("CARDEX_CASES", 40_u64), number("CARDEX_SEED", 0_u64));
    let only = std::env::var("CARDEX_TARGET").ok();
    for (name, target) in
        targets::ALL.iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name))
    {
        let inputs = corpus(name);
        for seed in first..first + cases {
            let data = mutate(&inputs, &mut Random::new(seed));
            let result = std::panic::catch_unwind(|| target(&data));
            if let Err(cause) = result {
                eprintln!(
                    "CARDEX_TARGET={name} CARDEX_SEED={seed} CARDEX_CASES=1: {:?}",
                    String::from_utf8_lossy(&data)
                );
                std::panic::resume_unwind(cause);
            }
        }
        println!("{name}: {cases}");
    }
}

/// Every fuzz target has a binary and runs in this test.
#[test]
fn every_target_is_built_and_listed() {
    let root = fuzz();
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
