//! `bulk`.

use serde_json::json;

use super::Desk;

const SMS: &[&str] = &["--network", "SMS-DIRECT"];

/// Three contacts of whom two are of Acme, and a tag.
fn scene() -> (Desk, Vec<String>) {
    let desk = Desk::new();
    let companies = ["Acme", "Beta", "Acme"];
    let ids = companies
        .iter()
        .enumerate()
        .map(|(n, company)| desk.add(&[SMS, &["--first", &format!("P{n}"), "--company", company]].concat()))
        .collect();
    let store = cardex::Store::open(desk.book()).unwrap();
    store.session(cardex::Actor::System).tags().add(cardex::tags::TagPatch::new().name("VIP")).unwrap();
    (desk, ids)
}

#[test]
fn all_that_meet_conditions_are_changed() {
    let (desk, ids) = scene();
    desk.ok(&["advisors", "add", "Ada", "Byron", "--id", "7"]);
    let acme = ["--where", "company = Acme"];
    let dry = &desk.json(&[&["bulk", "tag", "vip", "--dry-run"], &acme[..]].concat())[0];
    assert_eq!((&dry["done"], &dry["dryRun"], &dry["state"]), (&json!(2), &json!(true), &json!("finished")));
    assert_eq!(desk.ok(&["list", "--where", "tag = vip"]), "", "nothing was kept");
    let ran = desk.run(&[&["bulk", "tag", "vip"], &acme[..]].concat());
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "2\tfinished\t100%\ttag\t2\t0\t0\tsystem\tcompany = Acme\n")
    );
    assert!(ran.err.contains("job 2"), "{}", ran.err);
    let run = |arguments: &[&str]| desk.json(&[&["bulk"], arguments].concat())[0]["done"].clone();
    assert_eq!(run(&["set", "plan", "gold", "--where", "tag = vip"]), 2);
    assert_eq!(run(&["set", "score", "7", "--where", "tag = vip"]), 2);
    assert_eq!(run(&["unset", "score", "--where", "@score = 7 and first = P0"]), 1);
    assert_eq!(run(&["link", "7", "--where", "@plan = gold"]), 2);
    assert_eq!(run(&["unlink", "7", "--where", "first = P0"]), 1);
    assert_eq!(desk.json(&["list", "--advisor", "7"])[0]["contact"]["id"], json!(ids[2]));
    assert_eq!(run(&["untag", "VIP", "--where", "first = P2"]), 1);
    assert_eq!(run(&["delete", "--where", "not tag = vip"]), 2);
    assert_eq!(desk.json(&["list"])[0]["contact"]["id"], json!(ids[0]));
}

#[test]
fn jobs_are_listed_resumed_cancelled_and_forgotten() {
    let (desk, ids) = scene();
    // Started by a host that went away after one contact.
    {
        let store = cardex::Store::open(desk.book()).unwrap();
        let session = store.session(cardex::Actor::System);
        let remove = || cardex::jobs::NewJob::new(cardex::jobs::JobAction::Remove, "true".parse().unwrap());
        let job = session.jobs().create(remove()).unwrap();
        session.jobs().run_batch(job.id, 1).unwrap();
        session.jobs().create(remove()).unwrap();
    }
    let line = desk.ok(&["bulk", "list"]);
    assert_eq!(
        line,
        "2\topen\t0%\tremove\t0\t0\t0\tsystem\ttrue\n1\topen\t33%\tremove\t1\t0\t0\tsystem\ttrue\n"
    );
    assert_eq!(desk.refused(&["bulk", "forget", "1"])["code"], "job-open");
    assert_eq!(desk.json(&["bulk", "cancel", "2"])[0]["state"], json!("cancelled"));
    desk.ok(&["bulk", "forget", "2"]);
    assert_eq!(desk.json(&["bulk", "resume", "1"])[0]["done"], json!(3));
    assert_eq!(desk.json(&["bulk", "resume", "1"])[0]["done"], json!(3), "over is over");
    assert_eq!(desk.json(&["list", "--trash"]).len(), ids.len() + 1);
    assert_eq!(desk.refused(&["bulk", "resume", "2"])["code"], "not-found");
}

#[test]
fn who_is_refused_is_told() {
    let (desk, ids) = scene();
    for id in ["7", "8"] {
        desk.ok(&["advisors", "add", "Ada", "Byron", "--id", id]);
        desk.ok(&["link", &ids[0], id]);
    }
    let ran = desk.run(&["bulk", "delete", "--where", "true", "--as", "advisor:7"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains(&format!("{}: not allowed", ids[0])), "{}", ran.err);
    assert_eq!(desk.json(&["bulk", "failures", "1"]), [json!({ "contact": ids[0], "code": "forbidden" })]);
    assert_eq!(desk.ok(&["bulk", "failures", "1"]), format!("{}\tforbidden\n", ids[0]));
    assert_eq!(desk.refused(&["bulk", "resume", "1", "--as", "advisor:8"])["code"], "not-found");
    assert_eq!(desk.refused(&["bulk", "delete", "--where", "not tag = keep"])["code"], "invalid");
    assert_eq!(desk.refused(&["bulk", "tag", "none", "--where", "true"])["code"], "not-found");
    assert_eq!(desk.run(&["bulk", "delete"]).code, Some(2), "whom is always said");
}
