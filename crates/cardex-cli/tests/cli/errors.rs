//! What is refused, and how that is told.

use super::{Desk, exists, program, ran};

const SMS: &[&str] = &["--network", "SMS-DIRECT"];

#[test]
fn another_file_is_no_book_and_stays_as_it_is() {
    let desk = Desk::new();
    let text = "Dear diary, today somebody took me for a database.\n".repeat(100);
    let path = desk.file("diary.txt", &text);
    for command in [&["list"][..], &["demo", "--contacts", "10"], &["check", "--repair-index"], &["stats"]] {
        let report = desk.refused(&[command, &["--book", &path]].concat());
        assert_eq!(report["code"], "not-a-book", "{command:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{command:?}");
    }
    assert_eq!(std::fs::read_dir(desk.folder.path()).unwrap().count(), 1, "nothing was put beside it");
}

#[test]
fn reading_makes_no_book() {
    let desk = Desk::new();
    for command in [&["list"][..], &["search", "a"], &["show", "1"], &["stats"], &["check"], &["networks"]] {
        assert_eq!(desk.refused(command)["code"], "no-book", "{command:?}");
        assert!(!exists(&desk.book()), "{command:?}");
    }
}

#[test]
fn what_is_not_there() {
    let desk = Desk::demo();
    assert_eq!(desk.refused(&["search", "a", "--network", "nope"])["code"], "no-network");
    assert_eq!(desk.refused(&["list", "--network", "nope"])["code"], "no-network");
    assert_eq!(desk.refused(&["add", "--network", "nope", "--first", "A"])["code"], "no-network");
    assert_eq!(desk.refused(&["list", "--advisor", "1"])["code"], "no-advisor");
    assert_eq!(desk.refused(&["show", "1"])["code"], "no-contact");
    assert_eq!(desk.refused(&["edit", "1", "--first", "A"])["code"], "no-contact");
    let by_phone = desk.refused(&[&["show", "--phone", "+33612345678"], SMS].concat());
    assert_eq!(by_phone["code"], "no-contact");
    assert_eq!(desk.refused(&["list", "--as", "admin:1"])["code"], "not-found");
}

#[test]
fn cursors_belong_to_their_query() {
    let desk = Desk::demo();
    let cursor = |arguments: &[&str]| {
        let page = desk.json(arguments);
        page.last().unwrap()["page"]["after"].as_str().unwrap().to_owned()
    };
    let search = cursor(&["search", "a", "--limit", "1"]);
    let list = cursor(&["list", "--limit", "1"]);
    assert_eq!(desk.refused(&["search", "b", "--after", &search])["code"], "cursor-mismatch");
    assert_eq!(desk.refused(&["search", "a", "--before", &search])["code"], "cursor-mismatch");
    assert_eq!(desk.refused(&["list", "--after", &search])["code"], "cursor-mismatch");
    assert_eq!(desk.refused(&["list", "--network", "SMS", "--after", &list])["code"], "cursor-mismatch");
    for damaged in [format!("{list}A"), list[1..].to_owned(), "-".to_owned(), "a b".to_owned(), String::new()]
    {
        assert_eq!(desk.refused(&["list", "--after", &damaged])["code"], "bad-cursor", "{damaged:?}");
    }
}

#[test]
fn a_book_that_is_read_only_stays_as_it_is() {
    let desk = Desk::demo();
    let page = desk.json(&["list", "--limit", "1", "--read-only"]);
    let id = page[0]["contact"]["id"].as_str().unwrap();
    for command in [
        &["add", "--network", "SMS-DIRECT", "--first", "A"][..],
        &["edit", id, "--first", "A"],
        &["remove", id],
        &["optimize"],
        &["demo", "--contacts", "1"],
        &["networks", "add", "X"],
    ] {
        let report = desk.refused(&[command, &["--read-only"]].concat());
        assert_eq!(report["code"], "read-only", "{command:?}");
    }
    assert_eq!(desk.json(&["list", "--limit", "1"]), page);
}

#[test]
fn values_that_are_none() {
    let desk = Desk::new();
    let refused = |arguments: &[&str]| {
        let report = desk.refused(&[&["add"], SMS, arguments].concat());
        (report["code"].as_str().unwrap().to_owned(), report["field"].as_str().unwrap().to_owned())
    };
    let invalid = |field: &str| ("invalid".to_owned(), field.to_owned());
    assert_eq!(refused(&["--first", "A", "--phone", "no number"]), invalid("phone"));
    assert_eq!(refused(&["--first", "A", "--email", "no address"]), invalid("email"));
    assert_eq!(refused(&["--first", &"A".repeat(256)]), invalid("firstName"));
    assert_eq!(refused(&[]), invalid("name"));
    assert_eq!(desk.refused(&["list", "--limit", "0"])["field"], "limit");
    assert_eq!(desk.refused(&["list", "--phone", "xyz"])["field"], "phone");
    assert_eq!(desk.refused(&["list", "--region", "nowhere"])["code"], "bad-option");
}

#[test]
fn a_phone_that_is_taken_names_its_holder() {
    let desk = Desk::new();
    let holder = desk.add(&[SMS, &["--first", "A", "--phone", "+33 6 12 34 56 78"]].concat());
    let report = desk.refused(&[&["add"], SMS, &["--first", "B", "--phone", "+33612345678"]].concat());
    assert_eq!((&report["code"], &report["field"]), (&"taken".into(), &"phone".into()));
    assert_eq!(report["holder"], holder);
    assert!(report["message"].as_str().unwrap().contains(&holder));
}

#[test]
fn bad_usage_is_2() {
    let desk = Desk::new();
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
        let ran = desk.run(usage);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{usage:?}");
        assert!(!ran.err.is_empty(), "{usage:?}");
    }
    assert!(!exists(&desk.book()));
}

#[test]
fn causes_are_told() {
    let desk = Desk::demo();
    let report = desk.refused(&["backup", desk.book().to_str().unwrap()]);
    assert_eq!(report["code"], "io");
    assert!(!report["causes"].as_array().unwrap().is_empty());
}

#[test]
fn without_any_folder_a_path_is_asked_for() {
    let ran = ran(program()
        .env_remove("HOME")
        .env_remove("LOCALAPPDATA")
        .env_remove("APPDATA")
        .args(["list", "--json"]));
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("no-place") && ran.err.contains("--book"), "{}", ran.err);
}
