//! Where books are, and who can read them.

use super::TestCli;

#[test]
fn init_creates_an_empty_book_once() {
    let cli = TestCli::new();
    let created = cli.json(&["init"]);
    assert_eq!(created.len(), 1);
    assert!(created[0]["book"].is_string());
    assert_eq!(cli.json(&["stats"])[0]["contacts"], 0);
    assert_eq!(cli.fails(&["init"])["code"], "exists");
}

#[test]
fn a_missing_book_names_the_command_that_creates_one() {
    let cli = TestCli::new();
    for command in [&["list"][..], &["search", "a"], &["check"], &["tags"]] {
        let failure = cli.fails(command);
        assert_eq!(failure["code"], "no-book", "{command:?}");
        assert!(failure["message"].as_str().unwrap().contains("cardex init"), "{failure}");
    }
}

/// The folder of the default path and the book are private.
#[cfg(unix)]
#[test]
fn the_default_folder_is_private() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_cardex"))
        .arg("init")
        .env("XDG_DATA_HOME", &data)
        .env("HOME", home.path())
        .env_remove("CARDEX_BOOK")
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    if cfg!(target_os = "linux") {
        assert_eq!(mode(&data.join("cardex")), 0o700);
        assert_eq!(mode(&data.join("cardex/book.cardex")), 0o600);
    }
}

/// Regression test: a build without encryption ignored the key and wrote a plain book.
#[cfg(not(feature = "encryption"))]
#[test]
fn a_key_is_refused_by_a_program_without_encryption() {
    let cli = TestCli::new();
    let key = cli.file("key", "a horse");
    assert_eq!(cli.fails(&["init", "--key-file", &key])["code"], "no-encryption");
    for command in [&["init"][..], &["list"], &["recover", "a", "b"]] {
        let ran = super::finish(cli.command(&[command, &["--json"]].concat()).env("CARDEX_KEY", "a horse"));
        assert!(
            ran.err.contains("\"no-encryption\"") && !ran.err.contains("horse"),
            "{command:?}: {}",
            ran.err
        );
    }
    assert!(!cli.book().exists());
    assert!(!cli.ok(&["init", "--help"]).contains("--key-file"));
}
