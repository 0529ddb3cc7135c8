//! The program with keys.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

use crate::secret::write_key;

/// Runs the program on a book with a key of the environment; its output and what it refused with.
fn run(book: &Path, key: Option<&str>, arguments: &[&str]) -> (String, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_cardex"));
    program.env_remove("CARDEX_KEY").arg("--json").arg("--book").arg(book).args(arguments);
    if let Some(key) = key {
        program.env("CARDEX_KEY", key);
    }
    let output = program.output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.success(), err.is_empty(), "{err}");
    (out, err)
}

#[test]
fn the_key_comes_from_a_file_or_the_environment() {
    let folder = tempdir().unwrap();
    let (book, file) = (folder.path().join("book"), folder.path().join("key"));
    let file_name = file.to_str().unwrap();
    let fails = |key, arguments: &[&str], code: &str| {
        let (_, told) = run(&book, key, arguments);
        assert!(told.contains(&format!("\"{code}\"")), "{arguments:?}: {told}");
        assert!(!told.contains("horse"), "{told}");
    };
    run(&book, Some("a horse"), &["add", "--network", "SMS-DIRECT", "--first", "Zebulon"]);
    assert!(run(&book, Some("a horse"), &["list"]).0.contains("Zebulon"));
    fails(None, &["list"], "not-a-book");
    fails(Some("another horse"), &["list"], "wrong-key");
    fails(Some("hex:0a"), &["list"], "key");

    write_key(&file, "0b");
    let changed = run(&book, Some("a horse"), &["key", "change", "--to", file_name]).0;
    assert_eq!(changed, "{\"changed\":true}\n");
    fails(Some("a horse"), &["list"], "wrong-key");
    // What is in the file goes before what is in the environment.
    assert!(run(&book, Some("a horse"), &["list", "--key-file", file_name]).0.contains("Zebulon"));
    let copy = folder.path().join("copy");
    run(&book, None, &["backup", copy.to_str().unwrap(), "--key-file", file_name]);
    assert!(run(&copy, None, &["list", "--key-file", file_name]).0.contains("Zebulon"));
    let new = folder.path().join("new");
    run(&book, None, &["salvage", copy.to_str().unwrap(), new.to_str().unwrap(), "--key-file", file_name]);
    assert!(run(&new, None, &["list", "--key-file", file_name]).0.contains("Zebulon"));

    fs::write(&file, "two\nlines\n").unwrap();
    fails(None, &["list", "--key-file", file_name], "key");
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o604)).unwrap();
    fails(None, &["list", "--key-file", file_name], "key");
    fails(None, &["list", "--key-file", folder.path().join("none").to_str().unwrap()], "io");
}
