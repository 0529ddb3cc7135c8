//! `import` and `export`.

use std::io::Write;
use std::process::Stdio;

use super::TestCli;

const CARDS: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u1\r\nFN:John Doe\r\nN:Doe;John;;;\r\nTEL;TYPE=CELL:+33612345678\r\nEND:VCARD\r\n\
    BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u2\r\nFN:Jane Roe\r\nN:Roe;Jane;;;\r\nEND:VCARD\r\n";
const NETWORK: &[&str] = &["--network", "SMS-DIRECT"];

#[test]
fn an_import_reports_every_record_and_can_be_repeated() {
    let cli = TestCli::new();
    let cards = cli.file("people.vcf", CARDS);
    cli.ok(&["advisors", "add", "Ada", "Lovelace", "--id", "7"]);
    let import = [&["import", &cards, "--advisor", "7"], NETWORK].concat();
    let lines = cli.json(&import);
    assert_eq!(lines.len(), 3);
    assert_eq!((&lines[0]["line"], &lines[0]["outcome"]), (&1.into(), &"added".into()));
    assert_eq!(lines[1]["line"], 8);
    assert_eq!((&lines[2]["report"]["added"], &lines[2]["report"]["refused"]), (&2.into(), &0.into()));
    let id = lines[0]["id"].as_str().unwrap();
    assert_eq!(cli.json(&["advisors", "--of", id])[0]["advisor"]["id"], "7");
    assert_eq!(cli.json(&import)[2]["report"]["unchanged"], 2);
    let plain = cli.run(&import);
    assert_eq!((plain.code, plain.out.as_str()), (Some(0), ""));
    assert!(plain.err.contains("2 unchanged"), "{}", plain.err);
}

#[test]
fn a_bad_record_does_not_stop_the_others() {
    let cli = TestCli::new();
    let rows = cli.file("people.csv", "first name,phone\nAda,+33612345678\nBob,+33612345678\nGrace,\n");
    let ran = cli.run(&[&["import", &rows, "--json"], NETWORK].concat());
    assert_eq!(ran.code, Some(1));
    let lines = super::lines(&ran.out);
    assert_eq!((&lines[1]["outcome"], &lines[1]["error"]["code"]), (&"refused".into(), &"duplicate".into()));
    assert_eq!(lines[3]["report"]["added"], 2);
    assert_eq!(super::lines(&ran.err)[0]["code"], "refused");
    assert_eq!(cli.json(&["list"]).len(), 3);
}

#[test]
fn a_dry_run_changes_nothing() {
    let cli = TestCli::new();
    let cards = cli.file("people.vcf", CARDS);
    let lines = cli.json(&[&["import", &cards, "--dry-run"], NETWORK].concat());
    assert_eq!((&lines[2]["report"]["added"], &lines[2]["report"]["dryRun"]), (&2.into(), &true.into()));
    assert_eq!(cli.ok(&["list"]), "");
}

#[test]
fn all_files_are_opened_first() {
    let cli = TestCli::new();
    let cards = cli.file("people.vcf", CARDS);
    let missing = cli.path("missing.vcf").to_str().unwrap().to_owned();
    assert_eq!(cli.fails(&[&["import", &cards, &missing], NETWORK].concat())["code"], "io");
    let unknown = cli.file("people.doc", CARDS);
    let nothing = cli.file("nothing.doc", "no contacts");
    assert_eq!(cli.fails(&[&["import", &cards, &nothing], NETWORK].concat())["code"], "format");
    assert!(!super::exists(&cli.book()));
    cli.ok(&[&["import", &unknown], NETWORK].concat());
    assert_eq!(cli.fails(&["import", &cards, "--network", "nope"])["code"], "no-network");
}

#[test]
fn the_input_can_be_a_pipe() {
    let cli = TestCli::new();
    let mut command = cli.command(&[&["import", "-", "--format", "vcf"], NETWORK].concat());
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(CARDS.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(cli.json(&["list"]).len(), 3);
}

/// Ctrl-C ends an import. What was committed by then is reported and stays.
#[cfg(unix)]
#[test]
fn ctrl_c_keeps_and_reports_what_was_committed() {
    let cli = TestCli::new();
    let import = ["import", "-", "--format", "csv", "--batch", "100", "--json"];
    let mut child = cli.command(&[&import, NETWORK].concat());
    let mut child =
        child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // The engine takes records from the reader in chunks of 256.
    let rows = (0..512).map(|n| format!("P{n:03},Roe\n")).collect::<Vec<_>>().concat();
    input.write_all(format!("first name,last name\n{rows}").as_bytes()).unwrap();
    let committed = || {
        let options = cardex::Options::new().read_only(true);
        options.open(cli.book()).and_then(|book| book.session(cardex::Actor::System).contacts().total())
    };
    let begin = std::time::Instant::now();
    while committed().map_or(true, |count| count < 500) {
        assert!(begin.elapsed().as_secs() < 120, "{:?}", committed());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let interrupt = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupt.unwrap().success());
    std::thread::sleep(std::time::Duration::from_millis(200));
    // The reader waits for input, and sees the interrupt with the next record.
    let _ = input.write_all(b"Last,One\n");
    drop(input);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let (out, err) = (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap());
    assert_eq!(super::lines(&err)[0]["code"], "interrupted", "{err}");
    let lines = super::lines(&out);
    let added = lines.last().unwrap()["report"]["added"].as_u64().unwrap();
    let reported = lines.iter().filter(|line| line["outcome"] == "added").count();
    assert!((500..513).contains(&added), "{added}");
    assert_eq!((committed().unwrap(), reported as u64), (added, added));
}

/// Each batch is a transaction.
#[cfg(unix)]
#[test]
fn a_killed_import_keeps_its_batches() {
    let rows = (0..512).map(|n| format!("P{n:03},Roe\n")).collect::<Vec<_>>().concat();
    for (batch, kept) in [("100", 500), ("100000", 0)] {
        let cli = TestCli::new();
        cli.ok(&["init"]);
        let import = ["import", "-", "--format", "csv", "--batch", batch, "--json"];
        let mut child = cli.command(&[&import, NETWORK].concat());
        let mut child = child.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(format!("first name,last name\n{rows}").as_bytes()).unwrap();
        let committed = || {
            let book = cardex::Options::new().read_only(true).open(cli.book()).unwrap();
            book.session(cardex::Actor::System).contacts().total().unwrap()
        };
        let begin = std::time::Instant::now();
        while committed() < kept {
            assert!(begin.elapsed().as_secs() < 120, "{}", committed());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        if kept == 0 {
            std::thread::sleep(std::time::Duration::from_secs(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(committed(), kept, "batches of {batch}");
    }
}

#[test]
fn an_export_can_be_imported() {
    let cli = TestCli::new();
    let cards = cli.file("people.vcf", CARDS);
    cli.ok(&[&["import", &cards], NETWORK].concat());
    for format in ["vcf", "csv", "jsonl"] {
        let text = cli.ok(&["export", "--format", format]);
        let file = cli.file(&format!("out.{format}"), &text);
        let lines = cli.json(&[&["import", &file], NETWORK].concat());
        assert_eq!(lines.last().unwrap()["report"]["unchanged"], 2, "{format}: {text}");
    }
    assert_eq!(cli.json(&["export"]).len(), 2);
    assert!(cli.ok(&["export", "--vcard-3"]).contains("VERSION:3.0"));
    let one = cli.ok(&["export", "--phone", "+33612345678"]);
    assert_eq!(one.matches("BEGIN:VCARD").count(), 1);
    assert!(one.contains("VERSION:4.0"));
}

#[test]
fn an_exported_file_is_not_sanitized() {
    let cli = TestCli::new();
    cli.add(&["--network", "SMS-DIRECT", "--first", "a\u{1b}[31mb\u{202e}c"]);
    assert!(cli.ok(&["export", "--format", "csv"]).contains("a [31mb\u{202e}c"));
}

/// Regression: an export left tags and attribute values out, an import put them into the card.
#[test]
fn json_lines_have_tags_and_attribute_values() {
    let cli = TestCli::new();
    cli.add(&["--network", "BOOK", "--first", "Zoe"]);
    cli.ok(&["attributes", "add", "age", "--kind", "number"]);
    let line = |age: &str| {
        format!(
            "{{\"firstName\":\"Ada\",\"phones\":[\"+33612345678\"],\"tags\":[\"vip\",\"Old\"],\
             \"attributes\":{{\"age\":{age},\"plan\":\"gold\"}},\"additionalAttributes\":{{\"ip\":[1,2]}}}}\n"
        )
    };
    let export = || cli.ok(&[&["export", "--format", "jsonl"], NETWORK].concat());
    let import = |file: &str| cli.run(&["import", "--network", "SMS-DIRECT", file]);
    let first = import(&cli.file("a.jsonl", &line("36")));
    assert_eq!(first.code, Some(0), "{}", first.err);
    let out = export();
    let exported: serde_json::Value = serde_json::from_str(&out).unwrap();
    let id = exported["id"].as_str().unwrap();
    assert_eq!(exported["tags"], serde_json::json!(["Old", "vip"]));
    assert_eq!(exported["attributes"], serde_json::json!({ "age": 36, "plan": "gold" }));
    assert_eq!(exported["additionalAttributes"], serde_json::json!({ "ip": [1, 2] }));
    assert!(exported["card"].is_null(), "everything has its own property");
    // The same file again changes nothing. Another value is an edit; values that the file lacks stay.
    let version = || cli.json(&["show", id])[0]["contact"]["version"].clone();
    import(&cli.file("b.jsonl", &out));
    assert_eq!(version(), 1);
    import(&cli.file("c.jsonl", "{\"firstName\":\"Ada\",\"phones\":[\"+33612345678\"],\"tags\":[\"new\"],\"attributes\":{\"age\":37}}\n"));
    assert_eq!(version(), 2);
    let exported: serde_json::Value = serde_json::from_str(&export()).unwrap();
    assert_eq!(exported["tags"], serde_json::json!(["new", "Old", "vip"]));
    assert_eq!(exported["attributes"], serde_json::json!({ "age": 37, "plan": "gold" }));
    // Rejected as a whole: a value of another kind, and malformed properties.
    for (name, bad) in [
        ("d.jsonl", line("\"many\"")),
        ("e.jsonl", "{\"firstName\":\"Eve\",\"tags\":\"vip\"}\n".to_owned()),
        ("f.jsonl", "{\"firstName\":\"Eve\",\"attributes\":[]}\n".to_owned()),
    ] {
        assert_eq!(import(&cli.file(name, &bad)).code, Some(1), "{name}");
    }
    assert_eq!(version(), 2);
    assert_eq!(cli.json(&["check"])[0]["wrongBitmaps"], 0);
}

#[test]
fn an_import_without_a_network_is_into_the_address_book() {
    let cli = TestCli::new();
    assert!(cli.ok(&["networks"]).contains("BOOK"), "a new book has networks");
    assert!(!super::exists(&cli.book()));
    let card =
        |name: &str| format!("BEGIN:VCARD\nFN:{name}\nTEL:+49 30 5550126\nTEL:ask {name}\nEND:VCARD\n");
    let cards = cli.file("people.vcf", &(card("Ann") + &card("Bob")));
    let ran = cli.run(&["import", &cards]);
    assert_eq!((ran.code, ran.err.contains("2 added")), (Some(0), true), "{}", ran.err);
    assert!(
        ran.err.contains("line 9 (Bob): phone 'ask Bob': not a phone number; kept as written"),
        "{}",
        ran.err
    );
    assert_eq!(cli.json(&["list", "--network", "BOOK"]).len(), 3, "and the page");
    let lines = cli.json(&["import", &cards, "--dry-run"]);
    assert_eq!((&lines[1]["name"], &lines[1]["warnings"][0]["value"]), (&"Bob".into(), &"ask Bob".into()));
}

#[test]
fn the_columns_of_a_table_are_shown_and_mapped() {
    let cli = TestCli::new();
    let table = cli.file("people.csv", "Wer,Telefon,Schuhe\nAda,+49 30 5550126,38\n");
    let shown = cli.json(&["import", &table, "--columns", "--map", "Wer=first"]);
    let fields: Vec<_> = shown.iter().map(|line| (line["column"].clone(), line["field"].clone())).collect();
    let expected = [
        ("Wer".into(), "first".into()),
        ("Telefon".into(), "phone".into()),
        ("Schuhe".into(), serde_json::Value::Null),
    ];
    assert_eq!(fields, expected);
    assert!(!super::exists(&cli.book()));
    assert_eq!(cli.fails(&["import", &table, "--map", "Wer=no-such"])["code"], "bad-option");
    let ran = cli.run(&["import", &table, "--map", "Wer=first"]);
    assert!(ran.err.contains("columns without a field, kept in the cards: Schuhe"), "{}", ran.err);
    assert!(cli.ok(&["export", "--format", "csv"]).contains(",+49 30 5550126,"));
    assert!(cli.ok(&["export", "--format", "csv", "--guard-phones"]).contains(",'+49 30 5550126,"));
}

#[test]
fn a_folder_of_cards_is_a_source_and_a_target() {
    let cli = TestCli::new();
    let cards = cli.file("people.vcf", CARDS);
    cli.ok(&["import", &cards]);
    let folder = cli.path("cards").to_str().unwrap().to_owned();
    assert_eq!(cli.json(&["export", "--folder", &folder])[0]["written"], 2);
    assert_eq!(cli.json(&["export", "--folder", &folder])[0]["unchanged"], 2);
    assert_eq!(cli.json(&["import", &folder])[2]["report"]["unchanged"], 2);
    for (arguments, start) in [
        (&["export", "--vcard-2-1"][..], "BEGIN:VCARD\r\nVERSION:2.1\r\n"),
        (&["export", "--format", "jcard"], "[\n[\"vcard\","),
        (&["export", "--format", "jscontact"], "[\n{\"@type\":\"Card\""),
        (&["export", "--format", "ldif"], "dn: cn=John Doe,mail="),
    ] {
        let text = cli.ok(arguments);
        assert!(text.starts_with(start), "{text}");
        let file = cli.file("other", &text);
        let report = &cli.json(&["import", &file])[2]["report"];
        let unchanged = if arguments.contains(&"ldif") {
            report["refused"].as_u64().map(|_| 2)
        } else {
            report["unchanged"].as_u64()
        };
        assert_eq!(unchanged, Some(2), "{report}");
    }
}
