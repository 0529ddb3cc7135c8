//! Control characters in contacts do not reach the terminal.

use super::TestCli;

#[test]
fn a_row_is_one_line_and_json_is_plain_text() {
    let cli = TestCli::new();
    let name = "a\u{1b}[2J\tb\u{9b}2J\nc\u{202e}d\u{2063}e";
    cli.add(&["--network", "SMS-DIRECT", "--first", name]);
    let plain = cli.ok(&["list"]);
    assert_eq!(plain.lines().count(), 1);
    assert!(plain.starts_with("a [2J b 2J c\u{202e}de\t"), "{plain:?}");
    let json = cli.ok(&["list", "--json"]);
    assert!(!json.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{json:?}");
    assert_eq!(cli.json(&["list"])[0]["contact"]["firstName"], "a [2J b 2J c\u{202e}d\u{2063}e");
}

#[test]
fn errors_are_sanitized() {
    let cli = TestCli::new();
    let ran = cli.run(&["list", "--book", &cli.path("a\u{1b}[2J").to_string_lossy()]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains('␛') && !ran.err.contains('\u{1b}'), "{:?}", ran.err);
}

#[test]
fn colors_are_for_terminals() {
    let cli = TestCli::demo();
    assert!(!cli.ok(&["search", "a"]).contains('\u{1b}'));
    assert!(cli.ok(&["search", "a", "--color", "always"]).contains('\u{1b}'));
    assert!(!cli.ok(&["search", "a", "--color", "never"]).contains('\u{1b}'));
}

/// The program of the guide runs from start to end.
#[cfg(unix)]
#[test]
fn the_shell_program_of_the_guide_runs() {
    let mut command = std::process::Command::new("examples/shell.sh");
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let ran = super::finish(command.arg(env!("CARGO_BIN_EXE_cardex")).env_remove("CARDEX_KEY"));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("john@example.com\n") && ran.out.contains("sound\tyes\n"), "{}", ran.out);
}
