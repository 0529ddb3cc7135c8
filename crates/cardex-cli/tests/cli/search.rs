//! `search`, `list`, `show`.

use super::{Finished, TestCli, lines};

const SMS: &[&str] = &["--network", "SMS-DIRECT"];

fn three() -> TestCli {
    let cli = TestCli::new();
    cli.add(&[SMS, &["--first", "Zoë", "--last", "Müller", "--phone", "+33 6 12 34 56 78"]].concat());
    cli.add(&[SMS, &["--first", "Zoltan", "--last", "Adler", "--email", "z@example.com"]].concat());
    cli.add(&[SMS, &["--display", "The Zoo", "--company", "Zoo Ltd"]].concat());
    cli
}

#[test]
fn a_search_reports_what_matched() {
    let cli = three();
    let hits = cli.json(&["search", "zoe m"]);
    assert_eq!(hits.len(), 2);
    assert_eq!(hits[0]["contact"]["displayName"], "Zoë Müller");
    let matched = &hits[0]["matched"];
    assert_eq!((&matched["kind"], &matched["field"]), (&"firstName".into(), &"firstName".into()));
    let first = serde_json::json!({"field": "firstName", "item": 0, "start": 0, "end": 4});
    let last = serde_json::json!({"field": "lastName", "item": 0, "start": 0, "end": 1});
    assert_eq!(matched["ranges"], serde_json::json!([first, last]));
    assert_eq!(hits[1], serde_json::json!({"page": {"before": null, "after": null}}));

    let plain = cli.ok(&["search", "zoe m"]);
    let cells: Vec<&str> = plain.trim_end().split('\t').collect();
    assert_eq!(cells[..4], ["Zoë Müller", "", "+33 6 12 34 56 78", "SMS-DIRECT"]);

    let colored = cli.ok(&["search", "the z", "--color", "always"]);
    assert!(
        colored.contains("\u{1b}[1m\u{1b}[32mThe\u{1b}[0m \u{1b}[1m\u{1b}[32mZ\u{1b}[0moo"),
        "{colored:?}"
    );
}

#[test]
fn pages_of_a_search_are_contiguous() {
    let cli = three();
    let all: Vec<_> = cli.json(&["search", "zo"]);
    let first = cli.json(&["search", "zo", "--limit", "1"]);
    let after = first[1]["page"]["after"].as_str().unwrap();
    let second = cli.json(&["search", "zo", "--limit", "1", "--after", after]);
    assert_eq!([&first[0], &second[0]], [&all[0], &all[1]]);
    let before = second[1]["page"]["before"].as_str().unwrap();
    let back = cli.json(&["search", "zo", "--limit", "1", "--before", before]);
    assert_eq!(back[0], all[0]);

    let Finished { code, err, .. } = cli.run(&["search", "zo", "--limit", "1"]);
    assert_eq!(code, Some(0));
    assert_eq!(err.trim_end(), format!("more with --after {after}"));
}

#[test]
fn filters_of_a_search() {
    let cli = three();
    assert_eq!(cli.json(&["search", "zo", "--network", "sms"]).len(), 1);
    let advisor = cli.json(&["advisors", "add", "Ada", "Lovelace"]);
    let advisor = advisor[0]["advisor"]["id"].as_str().unwrap();
    assert_eq!(cli.json(&["search", "zo", "--advisor", advisor]).len(), 1);
    let id = cli.json(&["search", "zoltan"])[0]["contact"]["id"].as_str().unwrap().to_owned();
    cli.ok(&["link", &id, advisor]);
    assert_eq!(cli.json(&["search", "zo", "--advisor", advisor]).len(), 2);
    let own = cli.json(&["search", "zo", "--as", &format!("advisor:{advisor}")]);
    assert_eq!(own[0]["contact"]["id"], id);
}

#[test]
fn a_list_is_in_the_order_of_names() {
    let cli = three();
    let page = cli.json(&["list"]);
    let last: Vec<_> =
        page[..3].iter().map(|item| item["contact"]["displayName"].as_str().unwrap()).collect();
    assert_eq!(last, ["Zoltan Adler", "Zoë Müller", "The Zoo"]);
    let plain = cli.ok(&["list"]);
    assert_eq!(plain.lines().map(|line| line.split('\t').next().unwrap()).collect::<Vec<_>>(), last);

    let first = cli.json(&["list", "--limit", "2"]);
    let after = first[2]["page"]["after"].as_str().unwrap();
    assert_eq!(cli.json(&["list", "--limit", "2", "--after", after])[0], page[2]);
}

#[test]
fn filters_of_a_list() {
    let cli = three();
    let names = |arguments: &[&str]| {
        let page = cli.json(&[&["list"], arguments].concat());
        page.iter()
            .filter_map(|item| Some(item["contact"]["displayName"].as_str()?.to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&["--email", "Z@Example.com"]), ["Zoltan Adler"]);
    assert_eq!(names(&["--phone", "+33612345678"]), ["Zoë Müller"]);
    assert_eq!(names(&["--network", "LINE"]), [""; 0]);
    let id = cli.json(&["search", "the zoo"])[0]["contact"]["id"].as_str().unwrap().to_owned();
    assert_eq!(names(&["--id", &id]), ["The Zoo"]);
    assert_eq!(names(&["--trash"]), [""; 0]);
    cli.ok(&["remove", &id]);
    assert_eq!(names(&["--trash"]), ["The Zoo"]);
    assert_eq!(names(&[]).len(), 2);

    let sections = cli.json(&["list", "--sections", "--network", "SMS-DIRECT"]);
    let sum: u64 = sections.iter().map(|section| section["contacts"].as_u64().unwrap()).sum();
    assert_eq!(sum, 2);
    assert_eq!(cli.ok(&["list", "--sections", "--network", "SMS-DIRECT"]).lines().count(), sections.len());
}

#[test]
fn sections_and_positions() {
    let cli = three();
    assert_eq!(cli.ok(&["list", "--sections"]), "A\t1\nM\t1\nT\t1\n");
    assert_eq!(cli.json(&["list", "--sections", "--phone", "+33612345678"])[0]["section"], "M");

    let page = cli.json(&["list", "--section", "M", "--limit", "1", "--position"]);
    assert_eq!(page[0]["contact"]["displayName"], "Zoë Müller");
    assert_eq!((&page[1]["page"]["position"], &page[1]["page"]["total"]), (&1.into(), &3.into()));
    let before = page[1]["page"]["before"].as_str().unwrap();
    assert_eq!(cli.json(&["list", "--before", before])[0]["contact"]["displayName"], "Zoltan Adler");
    assert_eq!(cli.json(&["list", "--limit", "1"])[1]["page"].get("position"), None);
    let Finished { err, .. } = cli.run(&["list", "--section", "B", "--limit", "1", "--position"]);
    assert!(err.starts_with("2 to 2 of 3\nmore with --after "), "{err}");
    assert_eq!(cli.run(&["list", "--section", "Z", "--position"]).err, "3 to 3 of 3\n");
    assert_eq!(cli.fails(&["list", "--section", "AE"])["field"], "section");
}

#[test]
fn lists_follow_the_locale() {
    let cli = TestCli::demo();
    let name = ["--network", "SMS-DIRECT", "--first", "Åse"];
    cli.add(&name);
    let letters = |arguments: &[&str]| cli.ok(&[&["list", "--sections"], arguments].concat());
    assert!(!letters(&[]).contains('Å'));
    assert!(letters(&["--locale", "nb"]).contains("\nÅ\t"));
    assert!(letters(&[]).contains("\nÅ\t"), "the book keeps it");
    assert_eq!(cli.json(&["stats"])[0]["locale"], "nb");
    assert_eq!(cli.json(&["stats"])[0]["targetLocale"], serde_json::Value::Null);
    assert_eq!(cli.json(&["check"])[0]["sound"], true);
}

#[test]
fn a_contact_is_shown_with_all_fields() {
    let cli = three();
    let by_phone = cli.json(&["show", "--phone", "+33612345678", "--network", "SMS-DIRECT"]);
    let id = by_phone[0]["contact"]["id"].as_str().unwrap();
    assert_eq!(cli.json(&["show", id]), by_phone);
    assert_eq!(by_phone[0]["advisors"], serde_json::json!([]));
    assert_eq!(by_phone[0].get("card"), None);
    assert_eq!(cli.json(&["show", id, "--card"])[0].get("card"), Some(&serde_json::Value::Null));
    let plain = cli.ok(&["show", id]);
    assert!(plain.contains("last name\tMüller\n") && plain.contains(&format!("id\t{id}\n")), "{plain}");
}

#[test]
fn a_closed_output_is_not_a_failure() {
    use std::io::Read;
    use std::process::Stdio;

    let cli = TestCli::new();
    cli.ok(&["demo", "--contacts", "2000"]);
    let mut command = cli.command(&["list", "--limit", "1000", "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut start = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut start).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(lines(&String::from_utf8(output.stderr).unwrap()).is_empty());
}

/// The first names of the contacts in the output of a command.
fn first_names(cli: &TestCli, arguments: &[&str]) -> Vec<String> {
    let items = cli.json(arguments);
    items.iter().filter_map(|item| item["contact"]["firstName"].as_str().map(str::to_owned)).collect()
}

#[test]
fn lists_and_searches_take_filters_orders_and_count() {
    let cli = TestCli::new();
    for (first, company, city) in
        [("Ann", "Zeta", "Oslo"), ("Bob", "Acme", ""), ("Cid", "", "Oslo"), ("Anders", "Acme", "Rome")]
    {
        cli.add(&[SMS, &["--first", first, "--company", company, "--city", city]].concat());
    }
    let list = |arguments: &[&str]| first_names(&cli, &[&["list"], arguments].concat());
    assert_eq!(list(&["--where", "company present and not city = rome"]), ["Ann", "Bob"]);
    assert_eq!(
        list(&["--where", "company = acme or city = Oslo", "--sort", "-company"]),
        ["Ann", "Anders", "Bob", "Cid"]
    );
    assert_eq!(list(&["--sort", "city", "--limit", "2"]), ["Ann", "Cid"]);
    let page = cli.json(&["list", "--sort", "city", "--limit", "2"]).pop().unwrap();
    let after = page["page"]["after"].as_str().unwrap().to_owned();
    assert_eq!(list(&["--sort", "city", "--limit", "2", "--after", &after]), ["Anders", "Bob"]);
    assert_eq!(first_names(&cli, &["search", "an", "--where", "company = Acme"]), ["Anders"]);
    assert_eq!(first_names(&cli, &["search", "an", "--where", "false"]), [""; 0]);

    assert_eq!(cli.ok(&["list", "--count"]), "4\n");
    let count = &cli.json(&["list", "--count", "--where", "company = Acme"])[0];
    assert_eq!(*count, serde_json::json!({ "exact": 2 }));

    // A syntax error is reported with its position, before the book is opened.
    for command in [["list", "--where"], ["export", "--where"]] {
        let ran = cli.run(&[&command[..], &["company = "]].concat());
        assert_eq!(ran.code, Some(2), "{command:?}");
        assert!(ran.err.contains("at character"), "{}", ran.err);
    }
    assert_eq!(cli.run(&["list", "--sort", "shoe size"]).code, Some(2));
    assert_eq!(cli.fails(&["list", "--sort", "city", "--after", "zzzz"])["code"], "bad-cursor");
}

/// The formats of scripts and mail programs: a line an address, with the fields that the program reads.
#[test]
fn lines_for_scripts_and_mail_programs() {
    let cli = three();
    let zora = ["--first", "Zora", "--last", "Tab here", "--company", "Acme", "--email", "z@a.org"];
    cli.add(&[SMS, &zora, &["--email", "zora@b.org"]].concat());
    assert_eq!(cli.ok(&["search", "zora", "--print", "email"]), "z@a.org\nzora@b.org\n");
    let mutt = cli.ok(&["search", "zora", "--print", "mutt"]);
    assert_eq!(mutt, "1 contacts\nz@a.org\tZora Tab here\tAcme\nzora@b.org\tZora Tab here\tAcme\n");
    assert_eq!(cli.ok(&["search", "zora", "--print", "aerc"]).lines().next(), Some("z@a.org\tZora Tab here"));
    let id = cli.json(&["search", "zora"])[0]["contact"]["id"].as_str().unwrap().to_owned();
    assert_eq!(cli.ok(&["search", "zora", "--print", "id"]), format!("{id}\n"));
    assert_eq!(cli.ok(&["search", "zoe m", "--print", "phone"]), "+33 6 12 34 56 78\n");
    assert_eq!(cli.ok(&["search", "nobody", "--print", "mutt"]), "0 contacts\n");
    assert_eq!(cli.run(&["search", "zora", "--print", "id", "--json"]).code, Some(2));
}
