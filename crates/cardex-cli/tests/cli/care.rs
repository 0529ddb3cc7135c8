//! `check`, `backup`, `stats`, `optimize`, `changes`, `completions`, and where the book is.

use super::{Desk, exists, program, ran};

#[test]
fn a_sound_book() {
    let desk = Desk::demo();
    let health = &desk.json(&["check"])[0];
    assert_eq!((&health["sound"], &health["contacts"]), (&true.into(), &300.into()));
    assert_eq!(health["repaired"], false);
    assert_eq!(desk.ok(&["check", "--repair-index"]), "sound\tyes\ncontacts\t300\n");
}

#[test]
fn a_wrong_index_is_found_and_repaired() {
    let desk = Desk::demo();
    let book = rusqlite::Connection::open(desk.book()).unwrap();
    book.execute_batch("DELETE FROM search_delta; DELETE FROM search_part; DELETE FROM search_list; DELETE FROM search_segment")
        .unwrap();
    drop(book);
    let ran = desk.run(&["check", "--json"]);
    assert_eq!(ran.code, Some(1));
    let health: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(health["sound"], false);
    assert_ne!(health["missingKeys"], 0);
    assert!(ran.err.contains("\"unsound\"") && ran.err.contains("--repair-index"), "{}", ran.err);

    let repaired = &desk.json(&["check", "--repair-index"])[0];
    assert_eq!((&repaired["sound"], &repaired["repaired"]), (&true.into(), &true.into()));
}

#[test]
fn a_backup_is_the_same_book() {
    let desk = Desk::demo();
    let copy = desk.path("copy.cardex");
    let done = &desk.json(&["backup", copy.to_str().unwrap()])[0];
    assert_eq!(done["bytes"].as_u64().unwrap(), std::fs::metadata(&copy).unwrap().len());
    let list = desk.ok(&["list", "--limit", "1000", "--json"]);
    assert_eq!(desk.ok(&["list", "--limit", "1000", "--json", "--book", copy.to_str().unwrap()]), list);
    assert_eq!(desk.refused(&["backup", copy.to_str().unwrap()])["code"], "io");
    assert_eq!(desk.ok(&["backup", desk.path("second.cardex").to_str().unwrap()]), "");
}

#[test]
fn a_damaged_book_is_salvaged() {
    let desk = Desk::demo();
    let list = desk.ok(&["list", "--limit", "1000", "--json"]);
    let bytes = std::fs::read(desk.book()).unwrap();
    let mut broken = bytes.clone();
    broken[..4_096].fill(0);
    std::fs::write(desk.book(), &broken).unwrap();
    assert_eq!(desk.refused(&["list"])["code"], "not-a-book");
    let (book, new) = (desk.book(), desk.path("new.cardex"));
    let names = [book.to_str().unwrap(), new.to_str().unwrap()];
    let report = &desk.json(&["salvage", names[0], names[1]])[0];
    assert_eq!((&report["contacts"], &report["lost"]), (&300.into(), &0.into()));
    assert_eq!(desk.ok(&["list", "--limit", "1000", "--json", "--book", names[1]]), list);
    assert_eq!(desk.ok(&["check", "--book", names[1]]), "sound\tyes\ncontacts\t300\n");
    assert_eq!(desk.refused(&["salvage", names[0], names[1]])["code"], "io");
    assert!(std::fs::read(desk.book()).unwrap() == broken);
    let second = desk.path("second.cardex");
    let told = desk.ok(&["salvage", names[0], second.to_str().unwrap()]);
    assert!(told.starts_with("contacts\t300\nlost\t0\n"), "{told}");
}

#[test]
fn a_book_is_made_compact() {
    let desk = Desk::demo();
    let done = &desk.json(&["compact"])[0];
    assert!(done["bytes"].as_i64().unwrap() <= done["before"].as_i64().unwrap());
    assert_eq!(desk.ok(&["compact"]), "");
    assert_eq!(desk.ok(&["check"]), "sound\tyes\ncontacts\t300\n");
}

#[test]
fn figures() {
    let desk = Desk::demo();
    let stats = &desk.json(&["stats"])[0];
    assert_eq!((&stats["contacts"], &stats["advisors"]), (&300.into(), &5.into()));
    assert!(desk.ok(&["stats"]).starts_with("contacts\t300\n"));
    assert_eq!(desk.json(&["optimize"])[0]["optimized"], true);
    assert_eq!(desk.ok(&["optimize"]), "");
    assert_eq!(desk.json(&["stats"])[0]["segments"], 1);
}

#[test]
fn the_log_goes_on_where_it_was_left() {
    let desk = Desk::demo();
    let id = desk.add(&["--network", "SMS-DIRECT", "--first", "A"]);
    desk.ok(&["edit", &id, "--first", "B", "--company", "C"]);
    let changes = desk.json(&["changes", "--after", "300"]);
    assert_eq!(changes.len(), 2);
    assert_eq!((&changes[0]["kind"], &changes[0]["contact"]), (&"add".into(), &id.as_str().into()));
    assert_eq!(changes[1]["origin"], "cli");
    assert!(changes[1]["fields"].as_array().unwrap().contains(&"company".into()));

    let page = desk.run(&["changes", "--limit", "2"]);
    assert_eq!((page.code, page.out.lines().count()), (Some(0), 2));
    assert_eq!(page.err.trim_end(), "more with --after 2");
    let line = desk.ok(&["changes", "--since", "301"]);
    assert_eq!(line.split('\t').nth(2), Some("edit"));
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = ran(program().args(["completions", shell]));
        assert_eq!(ran.code, Some(0), "{shell}");
        assert!(ran.out.contains("optimize"), "{shell}");
    }
}

#[test]
fn help_for_every_command() {
    let help = ran(program().arg("--help"));
    assert_eq!(help.code, Some(0));
    for command in
        ["search", "list", "show", "add", "edit", "import", "export", "advisors", "demo", "changes"]
    {
        assert!(help.out.contains(&format!("  {command} ")), "{command}");
        assert_eq!(ran(program().args([command, "--help"])).code, Some(0), "{command}");
    }
}

#[test]
#[cfg(all(unix, not(target_os = "macos")))]
fn the_book_is_in_the_data_folder() {
    let desk = Desk::new();
    let add = ["add", "--network", "SMS-DIRECT", "--first", "A"];
    assert_eq!(ran(program().env("XDG_DATA_HOME", desk.path("data")).args(add)).code, Some(0));
    assert!(exists(&desk.path("data/cardex/book.cardex")));
    assert_eq!(ran(program().env("HOME", desk.path("home")).args(add)).code, Some(0));
    assert!(exists(&desk.path("home/.local/share/cardex/book.cardex")));
    // Reading makes neither book nor folder.
    assert_eq!(ran(program().env("HOME", desk.path("other")).arg("list")).code, Some(1));
    assert!(!exists(&desk.path("other")));
}
