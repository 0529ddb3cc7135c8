//! Readers never wait for the writer. The test measures the longest read while a thread imports, and prints it, because
//! it depends on the machine. It fails if reads stop or return wrong pages.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cardex::Actor;
use cardex::contacts::AddManyOptions;

use crate::support::invariants::check_invariants;
use crate::support::{new, number, open, scratch};

#[test]
fn readers_continue_while_a_thread_imports() {
    let count = number("CARDEX_IMPORT", 3_000);
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let store = open(home.path().join("book")).unwrap();
    let session = store.session(Actor::System);
    session.add(new("Steady", "")).unwrap();
    let reported = AtomicUsize::new(0);
    let read = |what: usize| {
        let (mut longest, mut during) = (Duration::ZERO, 0_usize);
        loop {
            let before = reported.load(Ordering::Acquire);
            let start = Instant::now();
            let there = match what {
                0 => usize::try_from(session.contacts().total().unwrap()).unwrap() - 1,
                1 => {
                    let found = session.search("stea").page().unwrap().items.len();
                    assert_eq!(found, 1, "unchanged contacts are always found");
                    before
                }
                _ => {
                    let page = session.contacts().limit(100).page().unwrap();
                    assert_eq!(page.items.len(), 100.min(page.items.len()));
                    before
                }
            };
            longest = longest.max(start.elapsed());
            assert!(there >= before, "reported contacts are stored: {there} of {before}");
            if before == count {
                return (longest, during);
            }
            during += 1;
        }
    };
    let start = Instant::now();
    let reads = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3).map(|what| scope.spawn(move || read(what))).collect();
        let people =
            (0..count).map(|n| new(&format!("N{}", n * 7_919 % count), &format!("Zed{:03}", n % 97)));
        session
            .add_many(people, AddManyOptions::new(), |at, _| reported.store(at + 1, Ordering::Release))
            .unwrap();
        readers.into_iter().map(|reader| reader.join().unwrap()).collect::<Vec<_>>()
    });
    let import = start.elapsed();
    for ((longest, during), what) in reads.iter().zip(["count", "search", "list"]) {
        println!("readers, import of {count} in {import:?}: {during} times {what}, the longest {longest:?}");
        assert!(*during > 0, "a reader waited for the end of the import");
    }
    if count <= 10_000 {
        check_invariants(&store);
    } else {
        assert!(store.check().unwrap().is_ok());
    }
}
