//! Failures and their reports.

use super::{TestCli, exists, finish, program};

const SMS: &[&str] = &["--network", "SMS-DIRECT"];

#[test]
fn another_file_is_rejected_and_not_changed() {
    let cli = TestCli::new();
    let text = "Dear diary, today somebody took me for a database.\n".repeat(100);
    let path = cli.file("diary.txt", &text);
    for command in [&["list"][..], &["demo", "--contacts", "10"], &["check", "--repair-index"], &["stats"]] {
        let report = cli.fails(&[command, &["--book", &path]].concat());
        assert_eq!(report["code"], "not-a-book", "{command:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{command:?}");
    }
    assert_eq!(std::fs::read_dir(cli.folder.path()).unwrap().count(), 1, "no file was created");
}

#[test]
fn reading_creates_no_book() {
    let cli = TestCli::new();
    for command in [&["list"][..], &["search", "a"], &["show", "1"], &["stats"], &["check"]] {
        assert_eq!(cli.fails(command)["code"], "no-book", "{command:?}");
        assert!(!exists(&cli.book()), "{command:?}");
    }
}

#[test]
fn unknown_items() {
    let cli = TestCli::demo();
    assert_eq!(cli.fails(&["search", "a", "--network", "nope"])["code"], "no-network");
    assert_eq!(cli.fails(&["list", "--network", "nope"])["code"], "no-network");
    assert_eq!(cli.fails(&["add", "--network", "nope", "--first", "A"])["code"], "no-network");
    assert_eq!(cli.fails(&["list", "--advisor", "999999"])["code"], "no-advisor");
    assert_eq!(cli.fails(&["show", "999999"])["code"], "no-contact");
    assert_eq!(cli.fails(&["edit", "999999", "--first", "A"])["code"], "no-contact");
    let by_phone = cli.fails(&[&["show", "--phone", "+33612345678"], SMS].concat());
    assert_eq!(by_phone["code"], "no-contact");
    assert_eq!(cli.fails(&["list", "--as", "admin:999999"])["code"], "not-found");
}

#[test]
fn cursors_belong_to_their_query() {
    let cli = TestCli::demo();
    let cursor = |arguments: &[&str]| {
        let page = cli.json(arguments);
        page.last().unwrap()["page"]["after"].as_str().unwrap().to_owned()
    };
    let search = cursor(&["search", "a", "--limit", "1"]);
    let list = cursor(&["list", "--limit", "1"]);
    assert_eq!(cli.fails(&["search", "b", "--after", &search])["code"], "cursor-mismatch");
    assert_eq!(cli.fails(&["search", "a", "--before", &search])["code"], "cursor-mismatch");
    assert_eq!(cli.fails(&["list", "--after", &search])["code"], "cursor-mismatch");
    assert_eq!(cli.fails(&["list", "--network", "SMS", "--after", &list])["code"], "cursor-mismatch");
    for damaged in [format!("{list}A"), list[1..].to_owned(), "-".to_owned(), "a b".to_owned(), String::new()]
    {
        assert_eq!(cli.fails(&["list", "--after", &damaged])["code"], "bad-cursor", "{damaged:?}");
    }
}

#[test]
fn a_read_only_store_is_not_changed() {
    let cli = TestCli::demo();
    let page = cli.json(&["list", "--limit", "1", "--read-only"]);
    let id = page[0]["contact"]["id"].as_str().unwrap();
    for command in [
        &["add", "--network", "SMS-DIRECT", "--first", "A"][..],
        &["edit", id, "--first", "A"],
        &["remove", id],
        &["optimize"],
        &["demo", "--contacts", "1"],
        &["networks", "add", "X"],
    ] {
        let report = cli.fails(&[command, &["--read-only"]].concat());
        assert_eq!(report["code"], "read-only", "{command:?}");
    }
    assert_eq!(cli.json(&["list", "--limit", "1"]), page);
}

#[test]
fn invalid_values() {
    let cli = TestCli::new();
    let refused = |arguments: &[&str]| {
        let report = cli.fails(&[&["add"], SMS, arguments].concat());
        (report["code"].as_str().unwrap().to_owned(), report["field"].as_str().unwrap().to_owned())
    };
    let invalid = |field: &str| ("invalid".to_owned(), field.to_owned());
    assert_eq!(refused(&["--first", "A", "--phone", "no number"]), invalid("phone"));
    assert_eq!(refused(&["--first", "A", "--email", "no address"]), invalid("email"));
    assert_eq!(refused(&["--first", &"A".repeat(256)]), invalid("firstName"));
    assert_eq!(refused(&[]), invalid("name"));
    assert_eq!(cli.fails(&["list", "--limit", "0"])["field"], "limit");
    assert_eq!(cli.fails(&["list", "--phone", "xyz"])["field"], "phone");
    assert_eq!(cli.fails(&["list", "--region", "nowhere"])["code"], "bad-option");
}

#[test]
fn a_duplicate_phone_reports_its_holder() {
    let cli = TestCli::new();
    let holder = cli.add(&[SMS, &["--first", "A", "--phone", "+33 6 12 34 56 78"]].concat());
    let report = cli.fails(&[&["add"], SMS, &["--first", "B", "--phone", "+33612345678"]].concat());
    assert_eq!((&report["code"], &report["field"]), (&"duplicate".into(), &"phone".into()));
    assert_eq!(report["holder"], holder);
    assert!(report["message"].as_str().unwrap().contains(&holder));
}

#[test]
fn usage_errors_have_exit_code_2() {
    let cli = TestCli::new();
    for usage in [
        &[][..],
        &["no-such-command"],
        &["search"],
        &["show"],
        &["show", "x"],
        &["show", "0"],
        &["show", "--phone", "1"],
        &["add", "--first", "A"],
        &["add", "--network", "no spaces"],
        &["list", "--sections", "--limit", "1"],
        &["list", "--section", "A", "--after", "a"],
        &["list", "--as", "root"],
        &["list", "--after", "a", "--before", "b"],
        &["list", "--trash", "--advisor", "1"],
        &["list", "--color", "blue"],
        &["import", "--network", "SMS"],
        &["completions", "cmd"],
        &["remove"],
    ] {
        let ran = cli.run(usage);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{usage:?}");
        assert!(!ran.err.is_empty(), "{usage:?}");
    }
    assert!(!exists(&cli.book()));
}

#[test]
fn causes_are_reported() {
    let cli = TestCli::demo();
    let report = cli.fails(&["backup", cli.book().to_str().unwrap()]);
    assert_eq!(report["code"], "io");
    assert!(!report["causes"].as_array().unwrap().is_empty());
}

#[test]
fn without_a_data_folder_a_path_is_required() {
    let ran = finish(
        program()
            .env_remove("HOME")
            .env_remove("LOCALAPPDATA")
            .env_remove("APPDATA")
            .args(["list", "--json"]),
    );
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("no-place") && ran.err.contains("--book"), "{}", ran.err);
}
