# `just` lists these recipes. Each is one line, so that it can be typed without `just` too.

# Format, lints, documentation: what a change must pass before its tests.
check:
    cargo fmt --all --check && cargo clippy --workspace --all-targets -- -D warnings && RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# All tests.
test:
    cargo test

# cardex beside other engines; the figures of docs/benchmarks.md.
bench *ARGUMENTS:
    cargo bench --bench compare -- {{ARGUMENTS}}

# Instructions of the hot paths, beside those that are kept.
instructions *PATHS:
    .ci/instructions {{PATHS}}

# The public API of the engine, compared with docs/public-api.txt; `--keep` writes the file.
public-api *KEEP:
    .ci/public-api {{KEEP}}

# All that continuous integration runs.
ci:
    .ci/run

# One slow sweep by its name, or the list of them.
long *JOB:
    .ci/long {{JOB}}
