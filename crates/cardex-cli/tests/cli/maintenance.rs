//! `check`, `backup`, `recover`, `vacuum`, `stats`, `optimize`, `index`, `changes`, `completions`, and the default book.

use super::{TestCli, finish, program};

#[test]
fn a_correct_book_passes_the_check() {
    let cli = TestCli::demo();
    let report = &cli.json(&["check"])[0];
    assert_eq!((&report["sound"], &report["contacts"]), (&true.into(), &300.into()));
    assert_eq!(report["repaired"], false);
    assert_eq!(cli.ok(&["check", "--repair-index"]), "sound\tyes\ncontacts\t300\n");
}

#[test]
fn a_wrong_index_is_found_and_repaired() {
    let cli = TestCli::demo();
    let book = rusqlite::Connection::open(cli.book()).unwrap();
    book.execute_batch("DELETE FROM memtable_log; DELETE FROM search_block; DELETE FROM search_term_index; DELETE FROM search_word_set; DELETE FROM search_segment")
        .unwrap();
    drop(book);
    let ran = cli.run(&["check", "--json"]);
    assert_eq!(ran.code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["sound"], false);
    assert_ne!(report["missingKeys"], 0);
    assert!(ran.err.contains("\"unsound\"") && ran.err.contains("--repair-index"), "{}", ran.err);

    let repaired = &cli.json(&["check", "--repair-index"])[0];
    assert_eq!((&repaired["sound"], &repaired["repaired"]), (&true.into(), &true.into()));
}

#[test]
fn a_backup_is_the_same_book() {
    let cli = TestCli::demo();
    let copy = cli.path("copy.cardex");
    let done = &cli.json(&["backup", copy.to_str().unwrap()])[0];
    assert_eq!(done["bytes"].as_u64().unwrap(), std::fs::metadata(&copy).unwrap().len());
    let list = cli.ok(&["list", "--limit", "1000", "--json"]);
    assert_eq!(cli.ok(&["list", "--limit", "1000", "--json", "--book", copy.to_str().unwrap()]), list);
    assert_eq!(cli.fails(&["backup", copy.to_str().unwrap()])["code"], "io");
    assert_eq!(cli.ok(&["backup", cli.path("second.cardex").to_str().unwrap()]), "");
}

#[test]
fn a_damaged_book_is_recovered() {
    let cli = TestCli::demo();
    let list = cli.ok(&["list", "--limit", "1000", "--json"]);
    let bytes = std::fs::read(cli.book()).unwrap();
    let mut broken = bytes.clone();
    broken[..4_096].fill(0);
    std::fs::write(cli.book(), &broken).unwrap();
    assert_eq!(cli.fails(&["list"])["code"], "not-a-book");
    let (book, new) = (cli.book(), cli.path("new.cardex"));
    let names = [book.to_str().unwrap(), new.to_str().unwrap()];
    let report = &cli.json(&["recover", names[0], names[1]])[0];
    assert_eq!((&report["contacts"], &report["lost"]), (&300.into(), &0.into()));
    assert_eq!(cli.ok(&["list", "--limit", "1000", "--json", "--book", names[1]]), list);
    assert_eq!(cli.ok(&["check", "--book", names[1]]), "sound\tyes\ncontacts\t300\n");
    assert_eq!(cli.fails(&["recover", names[0], names[1]])["code"], "io");
    assert!(std::fs::read(cli.book()).unwrap() == broken);
    let second = cli.path("second.cardex");
    let reported = cli.ok(&["recover", names[0], second.to_str().unwrap()]);
    assert!(reported.starts_with("contacts\t300\nlost\t0\n"), "{reported}");
}

#[test]
fn a_book_is_vacuumed() {
    let cli = TestCli::demo();
    let done = &cli.json(&["vacuum"])[0];
    assert!(done["bytes"].as_i64().unwrap() <= done["before"].as_i64().unwrap());
    assert_eq!(cli.ok(&["vacuum"]), "");
    assert_eq!(cli.ok(&["check"]), "sound\tyes\ncontacts\t300\n");
}

#[test]
fn stats_and_optimize() {
    let cli = TestCli::demo();
    let stats = &cli.json(&["stats"])[0];
    assert_eq!((&stats["contacts"], &stats["advisors"]), (&300.into(), &5.into()));
    assert!(cli.ok(&["stats"]).starts_with("contacts\t300\n"));
    assert_eq!(cli.json(&["optimize"])[0]["optimized"], true);
    assert_eq!(cli.ok(&["optimize"]), "");
    assert_eq!(cli.json(&["stats"])[0]["segments"], 1);
}

#[test]
fn the_substring_index_is_enabled_and_disabled() {
    let cli = TestCli::demo();
    let status = |action| cli.json(&["index", "substrings", action])[0]["substrings"].clone();
    assert_eq!(status("status"), "off");
    assert_eq!(status("enable"), "complete");
    assert_eq!(status("status"), "complete");
    assert_eq!(cli.run(&["index", "substrings", "status"]).err, "substring index: complete\n");
    assert_eq!(status("disable"), "off");
    assert_eq!(cli.run(&["index", "substrings"]).code, Some(2), "an action is required");
}

#[test]
fn the_change_log_continues_after_a_number() {
    let cli = TestCli::demo();
    let id = cli.add(&["--network", "SMS-DIRECT", "--first", "A"]);
    cli.ok(&["edit", &id, "--first", "B", "--company", "C"]);
    let changes = cli.json(&["changes", "--after", "300"]);
    assert_eq!(changes.len(), 2);
    assert_eq!((&changes[0]["kind"], &changes[0]["contact"]), (&"add".into(), &id.as_str().into()));
    assert_eq!(changes[1]["origin"], "cli");
    assert!(changes[1]["fields"].as_array().unwrap().contains(&"company".into()));

    let page = cli.run(&["changes", "--limit", "2"]);
    assert_eq!((page.code, page.out.lines().count()), (Some(0), 2));
    assert_eq!(page.err.trim_end(), "more with --after 2");
    let line = cli.ok(&["changes", "--since", "301"]);
    assert_eq!(line.split('\t').nth(2), Some("edit"));
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = finish(program().args(["completions", shell]));
        assert_eq!(ran.code, Some(0), "{shell}");
        assert!(ran.out.contains("optimize"), "{shell}");
    }
}

#[test]
fn help_for_every_command() {
    let help = finish(program().arg("--help"));
    assert_eq!(help.code, Some(0));
    for command in
        ["search", "list", "show", "add", "edit", "import", "export", "advisors", "demo", "changes"]
    {
        assert!(help.out.contains(&format!("  {command} ")), "{command}");
        assert_eq!(finish(program().args([command, "--help"])).code, Some(0), "{command}");
    }
}

#[test]
#[cfg(all(unix, not(target_os = "macos")))]
fn the_default_book_is_in_the_data_folder() {
    let cli = TestCli::new();
    let add = ["add", "--network", "SMS-DIRECT", "--first", "A"];
    assert_eq!(finish(program().env("XDG_DATA_HOME", cli.path("data")).args(add)).code, Some(0));
    assert!(super::exists(&cli.path("data/cardex/book.cardex")));
    assert_eq!(finish(program().env("HOME", cli.path("home")).args(add)).code, Some(0));
    assert!(super::exists(&cli.path("home/.local/share/cardex/book.cardex")));
    // Reading creates neither the book nor its folder.
    assert_eq!(finish(program().env("HOME", cli.path("other")).arg("list")).code, Some(1));
    assert!(!super::exists(&cli.path("other")));
}
