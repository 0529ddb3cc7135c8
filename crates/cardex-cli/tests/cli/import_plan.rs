//! Plans of imports, their undoing, and zips.

use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use super::TestCli;

/// A book with Ada and Jon, and a file that adds, changes and may be known.
fn example() -> (TestCli, String) {
    let cli = TestCli::new();
    let first = cli.file(
        "first.vcf",
        "BEGIN:VCARD\nVERSION:4.0\nUID:a\nFN:Ada Byron\nN:Byron;Ada;;;\nEND:VCARD\n\
         BEGIN:VCARD\nVERSION:4.0\nUID:j\nFN:Jon Doe\nN:Doe;Jon;;;\nEMAIL:doe@example.com\nEND:VCARD\n",
    );
    assert_eq!(cli.json(&["import", &first])[2]["report"]["import"], "1");
    let second = cli.file(
        "second.vcf",
        "BEGIN:VCARD\nVERSION:4.0\nUID:a\nFN:Ada Byron\nN:Byron;Ada;;;\nORG:Acme\nTEL:+33612345678\nEND:VCARD\n\
         BEGIN:VCARD\nVERSION:4.0\nFN:John Doe\nN:Doe;John;;;\nEMAIL:doe@example.com\nEND:VCARD\n\
         BEGIN:VCARD\nVERSION:4.0\nFN:Dan Dorn\nN:Dorn;Dan;;;\nTEL:no number\nEND:VCARD\n",
    );
    (cli, second)
}

fn names(cli: &TestCli) -> Vec<String> {
    let mut names: Vec<String> = cli.json(&["list"]).iter().filter_map(name_of).collect();
    names.sort();
    names
}

fn name_of(line: &Value) -> Option<String> {
    let name = &line["contact"]["displayName"];
    name.as_str().or_else(|| line["displayName"].as_str()).map(str::to_owned)
}

#[test]
fn a_dry_run_says_what_becomes_of_each_record() {
    let (cli, file) = example();
    let lines = cli.json(&["import", &file, "--dry-run"]);
    let decisions: Vec<&str> = lines[..3].iter().map(|line| line["decision"].as_str().unwrap()).collect();
    assert_eq!(decisions, ["update", "doubtful", "add"]);
    assert_eq!(lines[0]["fields"], serde_json::json!(["company", "phone"]));
    assert_eq!(lines[1]["candidates"][0]["name"], "Jon Doe");
    assert_eq!(lines[2]["warnings"][0]["value"], "no number");
    assert_eq!((&lines[3]["report"]["doubtful"], &lines[3]["report"]["dryRun"]), (&1.into(), &true.into()));
    let ran = cli.run(&["import", &file, "--dry-run"]);
    for part in
        ["(Ada Byron)\tupdate contact ", ": company, phone\n", "\tdoubtful, may be contact ", "\tadd\n"]
    {
        assert!(ran.out.contains(part), "{part} is not in {}", ran.out);
    }
    assert!(ran.err.contains("1 to add, 1 to update, 0 unchanged, 1 doubtful"), "{}", ran.err);
    assert_eq!(names(&cli), ["Ada Byron", "Jon Doe"]);
}

#[test]
fn a_plan_is_written_edited_and_applied() {
    let (cli, file) = example();
    let plan = cli.path("plan.jsonl").to_str().unwrap().to_owned();
    cli.ok(&["import", &file, "--plan", &plan]);
    assert_eq!(
        cli.fails(&["import", &file, "--plan", &plan])["code"],
        "io",
        "an edited plan is not replaced"
    );
    let text = std::fs::read_to_string(&plan).unwrap();
    assert_eq!(text.lines().count(), 3);
    std::fs::write(&plan, text.replace("\"doubtful\"", "\"update\"")).unwrap();
    let lines = cli.json(&["import", "--apply", &plan]);
    let outcomes: Vec<&str> = lines[..3].iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["updated", "updated", "added"]);
    assert_eq!((&lines[3]["report"]["updated"], &lines[3]["report"]["import"]), (&2.into(), &"2".into()));
    assert_eq!(names(&cli), ["Ada Byron", "Dan Dorn", "John Doe"]);
    let again = cli.run(&["import", "--apply", &plan]);
    assert!(again.err.contains("left out, the book changed since the plan was made"), "{}", again.err);
    assert!(again.err.contains("3 records were left out"), "{}", again.err);
    let broken = cli.file("broken.jsonl", "\n{\"line\":1}\n");
    let failure = cli.fails(&["import", "--apply", &broken]);
    assert_eq!(failure["code"], "format");
    assert!(failure["message"].as_str().unwrap().contains("line 2"), "{failure}");
}

#[test]
fn an_import_is_listed_and_undone() {
    let (cli, file) = example();
    let before = cli.ok(&["export"]);
    cli.ok(&["import", &file]);
    let listed = cli.json(&["import", "list"]);
    assert_eq!(listed.len(), 2);
    let first = &listed[0];
    assert_eq!(
        (&first["name"], &first["added"], &first["updated"]),
        (&"second.vcf".into(), &2.into(), &1.into())
    );
    assert!(cli.ok(&["import", "list"]).contains("second.vcf"));
    let lines = cli.json(&["import", "undo", "2"]);
    let report = &lines.last().unwrap()["report"];
    assert_eq!(
        (&report["trashed"], &report["restored"], &report["changed"]),
        (&2.into(), &1.into(), &0.into())
    );
    let rev =
        |text: &str| text.lines().filter(|line| !line.starts_with("REV")).collect::<Vec<_>>().join("\n");
    assert_eq!(rev(&cli.ok(&["export"])), rev(&before));
    assert_eq!(cli.fails(&["import", "undo", "2"])["code"], "import-undone");
    assert_eq!(cli.fails(&["import", "undo", "9"])["code"], "not-found");
    // A contact that changed since stays.
    let id = cli.json(&["search", "ada"])[0]["contact"]["id"].as_str().unwrap().to_owned();
    cli.ok(&["edit", &id, "--city", "Paris"]);
    let ran = cli.run(&["import", "undo", "1"]);
    assert!(ran.err.contains(&format!("{id}: changed since the import; it stays")), "{}", ran.err);
    assert_eq!(names(&cli), ["Ada Byron"]);
    cli.ok(&["import", "delete", "1"]);
    assert_eq!(cli.json(&["import", "list"]).len(), 1);
    // An import without changes is not listed.
    cli.ok(&["import", &file]);
    let count = cli.json(&["import", "list"]).len();
    cli.ok(&["import", &file]);
    assert_eq!(cli.json(&["import", "list"]).len(), count);
}

#[test]
fn doubtful_records_are_asked_about() {
    for (answers, expected) in [
        ("what\n1\n", ["Ada Byron", "Dan Dorn", "John Doe"].as_slice()),
        ("a\n", &["Ada Byron", "Dan Dorn", "John Doe", "Jon Doe"]),
        ("s\n", &["Ada Byron", "Dan Dorn", "Jon Doe"]),
        ("", &["Ada Byron", "Dan Dorn", "Jon Doe"]),
    ] {
        let (cli, file) = example();
        let mut command = cli.command(&["import", "--interactive", &file]);
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let asked = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && asked.contains("1: contact "), "{asked}");
        assert_eq!(names(&cli), expected, "{answers:?}: {asked}");
    }
    let (cli, _) = example();
    assert_eq!(cli.fails(&["import", "--interactive", "-", "--format", "vcf"])["code"], "usage");
}

/// A zip of one stored file, as programs write it.
fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let crc = crc32fast::hash(content).to_le_bytes();
    let common = [&[20, 0, 0, 0, 0, 0, 0, 0, 33, 0][..], &crc, &size, &size, &length, &[0, 0]].concat();
    let local = [&b"PK\x03\x04"[..], &common, name.as_bytes(), content].concat();
    let central = [&b"PK\x01\x02\x14\0"[..], &common, &[0; 14], name.as_bytes()].concat();
    let sizes = [central.len(), local.len()].map(|size| u32::try_from(size).unwrap().to_le_bytes());
    [&local, &central, &b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], &sizes[0], &sizes[1], &[0, 0]].concat()
}

#[test]
fn a_zip_of_cards_is_known_by_its_content() {
    let cli = TestCli::new();
    let card = b"BEGIN:VCARD\nVERSION:3.0\nFN:Ada Byron\nEND:VCARD";
    let path = cli.path("contacts.bin").to_str().unwrap().to_owned();
    std::fs::write(&path, zip("Takeout/Contacts/all.vcf", card)).unwrap();
    assert_eq!(cli.json(&["import", &path])[1]["report"]["added"], 1);
    assert!(!cli.path("Takeout").exists());
    std::fs::write(&path, zip("readme.txt", card)).unwrap();
    assert_eq!(cli.fails(&["import", &path])["code"], "io");
}
