//! Nothing in a contact breaks the output.

use super::Desk;

#[test]
fn a_row_is_a_line_and_json_is_plain_text() {
    let desk = Desk::new();
    let name = "a\u{1b}[2J\tb\u{9b}2J\nc\u{202e}d\u{2063}e";
    desk.add(&["--network", "SMS-DIRECT", "--first", name]);
    let plain = desk.ok(&["list"]);
    assert_eq!(plain.lines().count(), 1);
    assert!(plain.starts_with("a␛[2J␉b\u{fffd}2J␊c\u{202e}de\t"), "{plain:?}");
    let json = desk.ok(&["list", "--json"]);
    assert!(!json.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{json:?}");
    assert_eq!(desk.json(&["list"])[0]["contact"]["firstName"], name);
}

#[test]
fn errors_are_harmless_too() {
    let desk = Desk::new();
    let ran = desk.run(&["list", "--book", &desk.path("a\u{1b}[2J").to_string_lossy()]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains('␛') && !ran.err.contains('\u{1b}'), "{:?}", ran.err);
}

#[test]
fn colours_are_for_terminals() {
    let desk = Desk::demo();
    assert!(!desk.ok(&["search", "a"]).contains('\u{1b}'));
    assert!(desk.ok(&["search", "a", "--color", "always"]).contains('\u{1b}'));
    assert!(!desk.ok(&["search", "a", "--color", "never"]).contains('\u{1b}'));
}
