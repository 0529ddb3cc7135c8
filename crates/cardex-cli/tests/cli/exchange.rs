//! `import` and `export`.

use std::io::Write;
use std::process::Stdio;

use super::Desk;

const CARDS: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u1\r\nFN:John Doe\r\nN:Doe;John;;;\r\nTEL;TYPE=CELL:+33612345678\r\nEND:VCARD\r\n\
    BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u2\r\nFN:Jane Roe\r\nN:Roe;Jane;;;\r\nEND:VCARD\r\n";
const NETWORK: &[&str] = &["--network", "SMS-DIRECT"];

#[test]
fn an_import_tells_of_every_record_and_can_be_repeated() {
    let desk = Desk::new();
    let cards = desk.file("people.vcf", CARDS);
    desk.ok(&["advisors", "add", "Ada", "Lovelace", "--id", "7"]);
    let import = [&["import", &cards, "--advisor", "7"], NETWORK].concat();
    let told = desk.json(&import);
    assert_eq!(told.len(), 3);
    assert_eq!((&told[0]["line"], &told[0]["outcome"]), (&1.into(), &"added".into()));
    assert_eq!(told[1]["line"], 8);
    assert_eq!((&told[2]["report"]["added"], &told[2]["report"]["refused"]), (&2.into(), &0.into()));
    let id = told[0]["id"].as_str().unwrap();
    assert_eq!(desk.json(&["advisors", "--of", id])[0]["advisor"]["id"], "7");
    assert_eq!(desk.json(&import)[2]["report"]["unchanged"], 2);
    let plain = desk.run(&import);
    assert_eq!((plain.code, plain.out.as_str()), (Some(0), ""));
    assert!(plain.err.contains("2 unchanged"), "{}", plain.err);
}

#[test]
fn a_bad_record_does_not_stop_the_others() {
    let desk = Desk::new();
    let rows = desk.file("people.csv", "first name,phone\nAda,+33612345678\nBob,+33612345678\nGrace,\n");
    let ran = desk.run(&[&["import", &rows, "--json"], NETWORK].concat());
    assert_eq!(ran.code, Some(1));
    let told = super::lines(&ran.out);
    assert_eq!((&told[1]["outcome"], &told[1]["error"]["code"]), (&"refused".into(), &"taken".into()));
    assert_eq!(told[3]["report"]["added"], 2);
    assert_eq!(super::lines(&ran.err)[0]["code"], "refused");
    assert_eq!(desk.json(&["list"]).len(), 3);
}

#[test]
fn a_dry_run_keeps_nothing() {
    let desk = Desk::new();
    let cards = desk.file("people.vcf", CARDS);
    let told = desk.json(&[&["import", &cards, "--dry-run"], NETWORK].concat());
    assert_eq!((&told[2]["report"]["added"], &told[2]["report"]["dryRun"]), (&2.into(), &true.into()));
    assert_eq!(desk.ok(&["list"]), "");
}

#[test]
fn files_are_looked_at_first() {
    let desk = Desk::new();
    let cards = desk.file("people.vcf", CARDS);
    let missing = desk.path("missing.vcf").to_str().unwrap().to_owned();
    assert_eq!(desk.refused(&[&["import", &cards, &missing], NETWORK].concat())["code"], "io");
    let unknown = desk.file("people.doc", CARDS);
    assert_eq!(desk.refused(&[&["import", &cards, &unknown], NETWORK].concat())["code"], "format");
    assert!(!super::exists(&desk.book()));
    desk.ok(&[&["import", &unknown, "--format", "vcf"], NETWORK].concat());
    assert_eq!(desk.refused(&["import", &cards, "--network", "nope"])["code"], "no-network");
}

#[test]
fn the_input_can_be_a_pipe() {
    let desk = Desk::new();
    let mut command = desk.command(&[&["import", "-", "--format", "vcf"], NETWORK].concat());
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(CARDS.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(desk.json(&["list"]).len(), 3);
}

#[test]
fn what_is_exported_can_be_imported() {
    let desk = Desk::new();
    let cards = desk.file("people.vcf", CARDS);
    desk.ok(&[&["import", &cards], NETWORK].concat());
    for format in ["vcf", "csv", "jsonl"] {
        let text = desk.ok(&["export", "--format", format]);
        let file = desk.file(&format!("out.{format}"), &text);
        let told = desk.json(&[&["import", &file], NETWORK].concat());
        assert_eq!(told.last().unwrap()["report"]["unchanged"], 2, "{format}: {text}");
    }
    assert_eq!(desk.json(&["export"]).len(), 2);
    assert!(desk.ok(&["export", "--vcard-3"]).contains("VERSION:3.0"));
    let one = desk.ok(&["export", "--phone", "+33612345678"]);
    assert_eq!(one.matches("BEGIN:VCARD").count(), 1);
    assert!(one.contains("VERSION:4.0"));
}

#[test]
fn nothing_in_a_file_is_taken_out_on_its_way() {
    let desk = Desk::new();
    desk.add(&["--network", "SMS-DIRECT", "--first", "a\u{1b}[31mb\u{202e}c"]);
    assert!(desk.ok(&["export", "--format", "csv"]).contains("a\u{1b}[31mb\u{202e}c"));
}

/// Tags and values used to stay behind: an export left them out, an import put them into the card.
#[test]
fn tags_and_values_travel_in_json_lines() {
    let desk = Desk::new();
    desk.add(&["--network", "BOOK", "--first", "Zoe"]);
    desk.ok(&["attributes", "add", "age", "--kind", "number"]);
    let line = |age: &str| {
        format!(
            "{{\"firstName\":\"Ada\",\"phones\":[\"+33612345678\"],\"tags\":[\"vip\",\"Old\"],\
             \"attributes\":{{\"age\":{age},\"plan\":\"gold\"}},\"additionalAttributes\":{{\"ip\":[1,2]}}}}\n"
        )
    };
    let export = || desk.ok(&[&["export", "--format", "jsonl"], NETWORK].concat());
    let import = |file: &str| desk.run(&["import", "--network", "SMS-DIRECT", file]);
    let first = import(&desk.file("a.jsonl", &line("36")));
    assert_eq!(first.code, Some(0), "{}", first.err);
    let out = export();
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    let id = told["id"].as_str().unwrap();
    assert_eq!(told["tags"], serde_json::json!(["Old", "vip"]));
    assert_eq!(told["attributes"], serde_json::json!({ "age": 36, "plan": "gold" }));
    assert_eq!(told["additionalAttributes"], serde_json::json!({ "ip": [1, 2] }));
    assert!(told["card"].is_null(), "all of it has its place");
    // The same file once more changes nothing; another value is an edit, and what the file does not say stays.
    let version = || desk.json(&["show", id])[0]["contact"]["version"].clone();
    import(&desk.file("b.jsonl", &out));
    assert_eq!(version(), 1);
    import(&desk.file("c.jsonl", "{\"firstName\":\"Ada\",\"phones\":[\"+33612345678\"],\"tags\":[\"new\"],\"attributes\":{\"age\":37}}\n"));
    assert_eq!(version(), 2);
    let told: serde_json::Value = serde_json::from_str(&export()).unwrap();
    assert_eq!(told["tags"], serde_json::json!(["new", "Old", "vip"]));
    assert_eq!(told["attributes"], serde_json::json!({ "age": 37, "plan": "gold" }));
    // Refused whole: a value that is not of its kind, and shapes that are none.
    for (name, bad) in [
        ("d.jsonl", line("\"many\"")),
        ("e.jsonl", "{\"firstName\":\"Eve\",\"tags\":\"vip\"}\n".to_owned()),
        ("f.jsonl", "{\"firstName\":\"Eve\",\"attributes\":[]}\n".to_owned()),
    ] {
        assert_eq!(import(&desk.file(name, &bad)).code, Some(1), "{name}");
    }
    assert_eq!(version(), 2);
    assert_eq!(desk.json(&["check"])[0]["wrongSets"], 0);
}
