//! `bulk`.

use serde_json::json;

use super::TestCli;

const SMS: &[&str] = &["--network", "SMS-DIRECT"];

/// Three contacts, two of them of the company Acme, and a tag.
fn fixture() -> (TestCli, Vec<String>) {
    let cli = TestCli::new();
    let companies = ["Acme", "Beta", "Acme"];
    let ids = companies
        .iter()
        .enumerate()
        .map(|(n, company)| cli.add(&[SMS, &["--first", &format!("P{n}"), "--company", company]].concat()))
        .collect();
    let store = cardex::Store::open(cli.book()).unwrap();
    store.session(cardex::Actor::System).tags().add(cardex::tags::TagPatch::new().name("VIP")).unwrap();
    (cli, ids)
}

#[test]
fn an_action_changes_all_matching_contacts() {
    let (cli, ids) = fixture();
    cli.ok(&["advisors", "add", "Ada", "Byron", "--id", "7"]);
    let acme = ["--where", "company = Acme"];
    let dry = &cli.json(&[&["bulk", "tag", "vip", "--dry-run"], &acme[..]].concat())[0];
    assert_eq!((&dry["done"], &dry["dryRun"], &dry["state"]), (&json!(2), &json!(true), &json!("finished")));
    assert_eq!(cli.ok(&["list", "--where", "tag = vip"]), "", "nothing was changed");
    let ran = cli.run(&[&["bulk", "tag", "vip"], &acme[..]].concat());
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "2\tfinished\t100%\ttag\t2\t0\t0\tsystem\tcompany = Acme\n")
    );
    assert!(ran.err.contains("job 2"), "{}", ran.err);
    let run = |arguments: &[&str]| cli.json(&[&["bulk"], arguments].concat())[0]["done"].clone();
    assert_eq!(run(&["set", "plan", "gold", "--where", "tag = vip"]), 2);
    assert_eq!(run(&["set", "score", "7", "--where", "tag = vip"]), 2);
    assert_eq!(run(&["unset", "score", "--where", "@score = 7 and first = P0"]), 1);
    assert_eq!(run(&["link", "7", "--where", "@plan = gold"]), 2);
    assert_eq!(run(&["unlink", "7", "--where", "first = P0"]), 1);
    assert_eq!(cli.json(&["list", "--advisor", "7"])[0]["contact"]["id"], json!(ids[2]));
    assert_eq!(run(&["untag", "VIP", "--where", "first = P2"]), 1);
    assert_eq!(run(&["remove", "--where", "not tag = vip"]), 2);
    assert_eq!(cli.json(&["list"])[0]["contact"]["id"], json!(ids[0]));
}

/// A script that runs twice continues the job of its first run.
#[test]
fn a_repeated_action_with_a_key_is_one_job() {
    let (cli, _) = fixture();
    let tag = ["bulk", "tag", "vip", "--where", "company = Acme", "--idempotency-key", "nightly"];
    let jobs = [&cli.json(&tag)[0], &cli.json(&tag)[0]].map(|job| (job["id"].clone(), job["done"].clone()));
    assert_eq!(jobs[0], jobs[1]);
    assert_eq!(cli.json(&["bulk", "list"]).len(), 1);
    let other = ["bulk", "untag", "vip", "--where", "company = Acme", "--idempotency-key", "nightly"];
    assert_eq!(cli.fails(&other)["code"], "idempotency-key-reused");
}

#[test]
fn jobs_are_listed_resumed_cancelled_and_deleted() {
    let (cli, ids) = fixture();
    // Started by a process that ended after one contact.
    {
        let store = cardex::Store::open(cli.book()).unwrap();
        let session = store.session(cardex::Actor::System);
        let remove = || cardex::jobs::NewJob::new(cardex::jobs::JobAction::Remove, "true".parse().unwrap());
        let job = session.jobs().create(remove()).unwrap();
        session.jobs().run_batch(job.id, 1).unwrap();
        session.jobs().create(remove()).unwrap();
    }
    let line = cli.ok(&["bulk", "list"]);
    assert_eq!(
        line,
        "2\topen\t0%\tremove\t0\t0\t0\tsystem\ttrue\n1\topen\t33%\tremove\t1\t0\t0\tsystem\ttrue\n"
    );
    assert_eq!(cli.fails(&["bulk", "delete", "1"])["code"], "job-open");
    assert_eq!(cli.json(&["bulk", "cancel", "2"])[0]["state"], json!("cancelled"));
    cli.ok(&["bulk", "delete", "2"]);
    assert_eq!(cli.json(&["bulk", "resume", "1"])[0]["done"], json!(3));
    assert_eq!(cli.json(&["bulk", "resume", "1"])[0]["done"], json!(3), "a finished job does not continue");
    assert_eq!(cli.json(&["list", "--trash"]).len(), ids.len() + 1);
    assert_eq!(cli.fails(&["bulk", "resume", "2"])["code"], "not-found");
}

#[test]
fn rejected_contacts_are_reported() {
    let (cli, ids) = fixture();
    for id in ["7", "8"] {
        cli.ok(&["advisors", "add", "Ada", "Byron", "--id", id]);
        cli.ok(&["link", &ids[0], id]);
    }
    let ran = cli.run(&["bulk", "remove", "--where", "true", "--as", "advisor:7"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains(&format!("{}: not allowed", ids[0])), "{}", ran.err);
    assert_eq!(cli.json(&["bulk", "failures", "1"]), [json!({ "contact": ids[0], "code": "forbidden" })]);
    assert_eq!(cli.ok(&["bulk", "failures", "1"]), format!("{}\tforbidden\n", ids[0]));
    assert_eq!(cli.fails(&["bulk", "resume", "1", "--as", "advisor:8"])["code"], "not-found");
    assert_eq!(cli.fails(&["bulk", "remove", "--where", "not tag = keep"])["code"], "invalid");
    assert_eq!(cli.fails(&["bulk", "tag", "none", "--where", "true"])["code"], "not-found");
    assert_eq!(cli.run(&["bulk", "remove"]).code, Some(2), "a filter is required");
}
