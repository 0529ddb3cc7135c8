//! Settings of property tests. The unit tests of the library include this file too.

/// The settings of property tests. Every run has the same cases; `PROPTEST_CASES` and `CARDEX_SEED` change them. A
/// failed case becomes a named test.
#[allow(unreachable_pub)] // a private module of the unit tests of the library
pub fn cases(few: u32) -> proptest::test_runner::Config {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("CARDEX_SEED").unwrap_or(1);
    proptest::test_runner::Config {
        cases: number("PROPTEST_CASES").map_or(few, |cases| u32::try_from(cases).unwrap()),
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(seed),
        max_shrink_iters: 2_000,
        ..proptest::test_runner::Config::default()
    }
}
