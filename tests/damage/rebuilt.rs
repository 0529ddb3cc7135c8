//! Data that recovery rebuilds: unique values, the change log, referenced rows.

use std::path::Path;

use cardex::onboarding::NewOnboarding;
use cardex::{Actor, Error, Field, Network, NewAdvisor, Session};
use tempfile::tempdir;

use crate::books::{dump, opened};
use crate::recovery::{pages, recover, undamaged, zero};
use crate::support::{SMS, new, sqlite};

fn open_session(path: &Path) -> Session {
    opened().open(path).unwrap().session(Actor::System)
}

/// Zeroes all pages of some tables.
fn zero_tables(path: &Path, tables: &[&str]) {
    let mut bytes = std::fs::read(path).unwrap();
    for table in tables {
        let (inner, leaves) = pages(path, table);
        inner.into_iter().chain(leaves).for_each(|page| zero(&mut bytes, page));
    }
    std::fs::write(path, bytes).unwrap();
}

/// Columns with their own encoding are copied unchanged: texts with special characters, an invitation.
#[test]
fn odd_texts_and_invitations_come_through() {
    let folder = tempdir().unwrap();
    let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
    let invited = {
        let store = opened().open(&path).unwrap();
        let session = store.session(Actor::System);
        let eve = session
            .directory()
            .add_advisor(NewAdvisor::new("Eve", "Roe").email("eve@bank.example"))
            .unwrap()
            .id;
        session.add(new("Ann", "Lee").identifier("crm \"a\"", "b\\c\u{1F600}").phone("0612")).unwrap();
        let john = NewOnboarding::new(Network::LINE, "John", "Doe", "+33612345670", "eve@bank.example");
        let done = store
            .session(Actor::Advisor(eve))
            .onboarding()
            .onboard(&john.company("Acme").email("john@example.com"));
        done.unwrap().contact.invitation
    };
    let before = dump(&opened().open(&path).unwrap()).unwrap();
    let (report, contents) = recover(&path, &new_path).unwrap();
    assert!(report.is_complete() && contents == before, "{report:?}");
    assert!(invited.is_some());
}

#[test]
fn unique_values_stay_unique() {
    let folder = tempdir().unwrap();
    let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
    undamaged(&path, 12);
    let refused = |path: &Path| {
        let error = open_session(path).add(new("Next", "One").phone("+33612300004")).unwrap_err();
        assert!(matches!(error, Error::Duplicate { field: Field::Phone, .. }), "{error:?}");
    };
    refused(&path);
    zero_tables(&path, &["contact_unique_key"]);
    assert!(recover(&path, &new_path).unwrap().0.is_complete(), "it is made of the contacts");
    refused(&new_path);
}

/// Regression test: a subscriber that had read all changes got no error, although contacts were lost. With the whole
/// log lost, sequence numbers restarted at 1, so that existing subscribers missed every later change.
#[test]
fn subscribers_must_read_everything_after_a_recovery() {
    for lost in [["contact_card"], ["change"]] {
        let folder = tempdir().unwrap();
        let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
        undamaged(&path, 30);
        let last = open_session(&path).changes().limit(1_000).page().unwrap().next;
        assert!(last > 60);
        zero_tables(&path, &lost);
        assert!(!recover(&path, &new_path).unwrap().0.is_complete());
        let session = open_session(&new_path);
        for after in [0, last - 1, last] {
            match session.changes().after(after).page() {
                Err(Error::Pruned { resume_after: resume }) => assert!(resume > last, "{resume}"),
                other => panic!("{lost:?}, after {after}: {other:?}"),
            }
        }
        let Err(Error::Pruned { resume_after: resume }) = session.changes().page() else {
            panic!("{lost:?}")
        };
        let added = session.add(new("Next", "One")).unwrap().id;
        let page = session.changes().after(resume).page().unwrap();
        let reported: Vec<_> = page.items.iter().map(|change| change.contact).collect();
        assert_eq!(reported, [added], "{lost:?}");
    }
}

/// Regression test: a prune position after the last change made every subscriber read everything again and again.
#[test]
fn a_damaged_prune_position_is_limited_to_the_log() {
    let folder = tempdir().unwrap();
    let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
    undamaged(&path, 5);
    sqlite(&path).execute("UPDATE metadata SET changes_pruned_through = 1000000", []).unwrap();
    assert!(recover(&path, &new_path).unwrap().0.is_complete());
    let session = open_session(&new_path);
    let Err(Error::Pruned { resume_after: resume }) = session.changes().page() else { panic!("it was") };
    assert!(session.changes().after(resume).page().unwrap().items.is_empty());
    session.add(new("Next", "One")).unwrap();
    assert_eq!(session.changes().after(resume).page().unwrap().items.len(), 1);
}

/// A contact that was merged into a lost contact is kept in the trash and reported.
#[test]
fn the_absorbed_contact_of_a_lost_survivor_is_reported() {
    let folder = tempdir().unwrap();
    let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
    let (absorbed, survivor) = {
        let session = open_session(&path);
        let ids: Vec<_> = (0..120).map(|n| session.add(new(&format!("Nr{n}"), "Lee")).unwrap().id).collect();
        session.merge(ids[119], ids[0], cardex::contacts::MergeOptions::new()).unwrap();
        (ids[0], ids[119])
    };
    let mut bytes = std::fs::read(&path).unwrap();
    zero(&mut bytes, *pages(&path, "contact").1.last().unwrap());
    std::fs::write(&path, bytes).unwrap();
    let (report, contents) = recover(&path, &new_path).unwrap();
    assert!(report.lost_contacts.contains(&survivor) && contents.contains_key(&absorbed));
    assert_eq!(report.damaged_contacts, [absorbed]);
}

/// A store has at least one tenant. The change log alone creates no further placeholder.
#[test]
fn a_store_without_tenants_gets_one_placeholder() {
    let folder = tempdir().unwrap();
    let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
    {
        let store = opened().open(&path).unwrap();
        let host = store.session(Actor::System);
        let west = host.directory().add_tenant("West").unwrap().id;
        let gone = store.session(Actor::Administrator(west)).add(new("Gone", "Away")).unwrap().id;
        host.remove(gone).unwrap();
        host.purge(gone).unwrap();
    }
    assert_eq!(sqlite(&path).query_row("SELECT count(*) FROM change", [], |row| row.get(0)), Ok(3));
    zero_tables(&path, &["tenant"]);
    let (report, _) = recover(&path, &new_path).unwrap();
    assert_eq!(report.placeholders, 1, "{report:?}");
    open_session(&new_path).add(new("First", "One")).unwrap();
}

/// Links to a lost advisor are kept, with one placeholder for all of them. A block stays, without a placeholder.
#[test]
fn a_lost_advisor_keeps_contacts() {
    let folder = tempdir().unwrap();
    let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
    {
        let session = open_session(&path);
        let advisors = ["eve", "fay"]
            .map(|name| session.directory().add_advisor(NewAdvisor::new(name, "Roe")).unwrap().id);
        session.add(new("Ann", "Lee").advisor(advisors[0])).unwrap();
        session
            .blocked_numbers()
            .block(
                advisors[1],
                [cardex::blocking::NewBlockedNumber::new(
                    "+33612300001",
                    cardex::blocking::BlockReason::Spam,
                )],
            )
            .unwrap();
    }
    zero_tables(&path, &["advisor"]);
    let (report, _) = recover(&path, &new_path).unwrap();
    assert_eq!(report.placeholders, 1, "{report:?}");
    let rows = |name: &str| {
        let table = report.tables.iter().find(|table| table.table == name).unwrap();
        (table.rows, table.rejected)
    };
    assert_eq!((rows("link"), rows("blocked_number")), ((1, 0), (1, 0)));
    let session = open_session(&new_path);
    let list = session.contacts().network(SMS).page().unwrap();
    assert_eq!(session.links_of(&[list.items[0].id]).unwrap()[0].len(), 1);
}

#[test]
fn a_report_names_a_thousand_lost_contacts_and_counts_all() {
    let folder = tempdir().unwrap();
    let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
    {
        let session = open_session(&path);
        let people: Vec<_> = (0..1_010).map(|n| new(&format!("First{n}"), "Last")).collect();
        session.add_many(people, cardex::contacts::AddManyOptions::new(), |_, _| {}).unwrap();
    }
    zero_tables(&path, &["contact"]);
    let (report, contents) = recover(&path, &new_path).unwrap();
    assert_eq!((report.contacts, report.lost, report.lost_contacts.len()), (0, 1_010, 1_000));
    assert!(contents.is_empty());
}

#[test]
fn the_order_of_lists_is_recovered() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    let names = |path: &Path| -> Vec<String> {
        let session = opened().open(path).unwrap().session(Actor::System);
        session.contacts().iter().map(|contact| contact.unwrap().last_name).collect()
    };
    {
        let session = opened().locale("sv").open(&path).unwrap().session(Actor::System);
        for last in ["Zorn", "Åkesson", "Adler"] {
            session.add(crate::support::new("Eva", last)).unwrap();
        }
    }
    assert_eq!(names(&path), ["Adler", "Zorn", "Åkesson"], "as in Swedish");
    assert!(recover(&path, &new).unwrap().0.is_complete());
    assert_eq!(names(&new), ["Adler", "Zorn", "Åkesson"]);
}
