//! Changed bytes of a file: contact data stays the same, or an error is reported.

use std::fs;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use tempfile::tempdir;

use crate::books::{Snapshot, dump, files, make, opened, use_everything};
use crate::number;
use crate::support::{Random, all_encrypted};

/// Damages the bytes. Returns a description.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) -> String {
    let pages = bytes.len() / 4_096;
    let page = |random: &mut Random| random.below(pages) * 4_096;
    match random.below(10) {
        0..=4 => {
            let flips = 1 + random.below(3);
            for _ in 0..flips {
                let (at, bit) = (random.below(bytes.len()), random.below(8));
                bytes[at] ^= 1 << bit;
            }
            format!("{flips} bits flipped")
        }
        5 => {
            let at = page(random);
            bytes[at..at + 4_096].fill(0);
            format!("page {} zeroed", at / 4_096 + 1)
        }
        6 => {
            let length = random.below(bytes.len());
            bytes.truncate(length);
            format!("cut to {length} bytes")
        }
        7 => {
            let (from, to) = (page(random), page(random));
            let (from, to) = (from.min(to), from.max(to));
            let (left, right) = bytes.split_at_mut(to);
            if from < to {
                left[from..from + 4_096].swap_with_slice(&mut right[..4_096]);
            }
            format!("pages {} and {} exchanged", from / 4_096 + 1, to / 4_096 + 1)
        }
        8 => {
            let at = page(random) + random.below(8) * 512;
            bytes[at..at + 512].fill_with(|| u8::try_from(random.below(256)).unwrap());
            format!("junk in the sector at {at}")
        }
        _ => {
            let (from, to) = (page(random), page(random));
            bytes.copy_within(from..from + 4_096, to);
            format!("page {} written over page {}", from / 4_096 + 1, to / 4_096 + 1)
        }
    }
}

/// Error codes of a refused file.
pub(crate) const REFUSALS: [&str; 5] = ["damaged", "not-a-book", "unreleased", "too-new", "storage"];

/// Verifies a damaged store. One of these must hold: opening fails and the file does not change; the check reports an
/// error; or the contents equal one of the expected states. Returns which one. `use_it` also calls everything on the
/// store, which takes half of the time of a case.
pub(crate) fn verify_damaged(path: &Path, truths: &[Snapshot], use_it: bool) -> &'static str {
    let names = files(path);
    // Readers can create an empty log.
    let bytes = || names[..2].iter().map(|name| fs::read(name).unwrap_or_default()).collect::<Vec<_>>();
    let before = bytes();
    let same = |what: &str| {
        assert!(before == bytes(), "{what}: the file changed");
    };
    for read_only in [true, false] {
        let store = match opened().read_only(read_only).open(path) {
            Ok(store) => store,
            Err(error) => {
                // The log of a plain database makes an encrypted file plain.
                let about_key = all_encrypted() && ["wrong-key", "not-encrypted"].contains(&error.code());
                assert!(about_key || REFUSALS.contains(&error.code()), "{error:?}");
                same("refused");
                return "refused";
            }
        };
        if !read_only {
            drop(store);
            continue;
        }
        let report = store.check();
        let contents = dump(&store);
        drop(store);
        same("read");
        match (report, contents) {
            (Ok(report), Ok(contents)) if report.is_ok() => {
                let differs = truths.iter().all(|truth| *truth != contents);
                assert!(!differs, "contact data has changed, and the check reports nothing");
            }
            (Ok(report), Err(error)) if report.is_ok() => panic!("sound, but {error:?}"),
            _ => {
                let _ = use_it.then(|| use_everything(path));
                return "reported";
            }
        }
    }
    let _ = use_it.then(|| use_everything(path));
    "nothing"
}

/// Runs cases with a time limit. A case that exceeds it ends the process.
pub(crate) fn run_with_watchdog(name: &str, cases: u64, case: impl Fn(u64) -> String + Send + 'static) {
    let (begun, watch) = mpsc::channel();
    let first = number("CARDEX_SEED", 0);
    let worker = std::thread::spawn(move || {
        for seed in first..first + cases {
            begun.send(seed).unwrap();
            case(seed);
        }
    });
    let mut last = first;
    loop {
        match watch.recv_timeout(Duration::from_secs(300)) {
            Ok(seed) => last = seed,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                eprintln!("{name}: CARDEX_SEED={last} CARDEX_CASES=1 hangs");
                std::process::abort();
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    if let Err(cause) = worker.join() {
        eprintln!("{name}: CARDEX_SEED={last} CARDEX_CASES=1 fails");
        std::panic::resume_unwind(cause);
    }
}

#[test]
fn every_change_of_contact_data_is_detected() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    make(&path, 60).unwrap();
    let sound = fs::read(&path).unwrap();
    let truth = [dump(&opened().open(&path).unwrap()).unwrap()];
    assert!(truth[0].len() > 55);
    let counts = std::sync::Arc::new(std::sync::Mutex::new(std::collections::BTreeMap::new()));
    let (cases, seen) = (number("CARDEX_CASES", 500), counts.clone());
    run_with_watchdog("harm", cases, move |seed| {
        let mut random = Random::new(seed);
        let mut bytes = sound.clone();
        let what = damage(&mut bytes, &mut random);
        for name in files(&path) {
            let _ = fs::remove_file(name);
        }
        fs::write(&path, &bytes).unwrap();
        let came = verify_damaged(&path, &truth, seed.is_multiple_of(4));
        *seen.lock().unwrap().entry(came).or_insert(0) += 1;
        format!("{what}: {came}")
    });
    drop(folder);
    println!("{cases} files harmed: {:?}", counts.lock().unwrap());
    let counts = counts.lock().unwrap();
    if cases >= 300 {
        // Each page of an encrypted store has a checksum, so nearly every change is detected.
        let least = if all_encrypted() { 2 } else { 3 };
        assert!(counts.len() >= least, "each of the three happens: {counts:?}");
    }
}
