//! What a small page cache costs: each page that is not in it is decrypted again.

use std::path::Path;
use std::time::{Duration, Instant};

use cardex::contacts::AddManyOptions;
use cardex::{Actor, Session};
use tempfile::tempdir;

use crate::secret::key;
use crate::support::{Random, new, number, options};

/// The median time of a call.
fn median(mut call: impl FnMut(usize)) -> Duration {
    let mut random = Random::new(7);
    let mut times: Vec<_> = (0..400)
        .map(|_| {
            let n = random.below(1_000_000);
            let start = Instant::now();
            call(n);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn measure(path: &Path, encrypted: bool, cache: usize) {
    let contacts = number("CARDEX_CONTACTS", 20_000);
    let options = options(1).page_cache(cache).readers(1);
    let options = if encrypted { options.encryption_key(key()) } else { options };
    let session: Session = options.open(path).unwrap().session(Actor::System);
    let ids: Vec<_> =
        session.contacts().limit(1_000).page().unwrap().items.iter().map(|one| one.id).collect();
    let search = median(|n| {
        let text = format!("n{}", n % contacts / 10);
        assert!(!session.search(text).limit(20).page().unwrap().items.is_empty());
    });
    let list = median(|n| {
        let letter = char::from(b'A' + u8::try_from(n % 26).unwrap()).to_string();
        session.contacts().limit(20).from_section(letter).page().unwrap();
    });
    let one = median(|n| assert!(session.get(ids[n % ids.len()]).unwrap().is_some()));
    println!(
        "cache of {} KiB, encrypted {encrypted}: search {search:?}, list {list:?}, one contact {one:?}",
        cache >> 10
    );
}

/// A measurement: see docs/benchmarks.md.
#[test]
#[ignore = "a measurement"]
fn measure_small_caches() {
    let folder = tempdir().unwrap();
    let paths = [folder.path().join("plain"), folder.path().join("encrypted")];
    for (path, encrypted) in paths.iter().zip([false, true]) {
        let options = if encrypted { options(1).encryption_key(key()) } else { options(1) };
        let letters = |n: usize| char::from(b'A' + u8::try_from(n * 7 % 26).unwrap());
        let people = (0..number("CARDEX_CONTACTS", 20_000))
            .map(|n| new(&format!("N{n}"), &format!("{}ed{n}", letters(n))));
        let session = options.open(path).unwrap().session(Actor::System);
        session.add_many(people, AddManyOptions::new(), |_, _| ()).unwrap();
    }
    for cache in [64 << 10, 1 << 20, 8 << 20, 64 << 20] {
        for (path, encrypted) in paths.iter().zip([false, true]) {
            measure(path, encrypted, cache);
        }
    }
}
