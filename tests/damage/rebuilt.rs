//! What a salvage makes anew: unique values, the log of changes, what others refer to.

use std::path::Path;

use cardex::onboarding::NewOnboarding;
use cardex::{Actor, Error, Field, Network, NewAdvisor, Session};
use tempfile::tempdir;

use crate::books::{opened, told};
use crate::recovery::{pages, salvage, sound, zero};
use crate::support::{SMS, new, sqlite};

fn desk(path: &Path) -> Session {
    opened().open(path).unwrap().session(Actor::System)
}

/// Zeroes all pages of some tables.
fn lose(path: &Path, tables: &[&str]) {
    let mut bytes = std::fs::read(path).unwrap();
    for table in tables {
        let (inner, leaves) = pages(path, table);
        inner.into_iter().chain(leaves).for_each(|page| zero(&mut bytes, page));
    }
    std::fs::write(path, bytes).unwrap();
}

/// Whatever is kept in a row in a form of its own comes out as it was: texts with signs, an invitation.
#[test]
fn odd_texts_and_invitations_come_through() {
    let folder = tempdir().unwrap();
    let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
    let invited = {
        let store = opened().open(&path).unwrap();
        let desk = store.session(Actor::System);
        let eve =
            desk.directory().add_advisor(NewAdvisor::new("Eve", "Roe").email("eve@bank.example")).unwrap().id;
        desk.add(new("Ann", "Lee").identifier("crm \"a\"", "b\\c\u{1F600}").phone("0612")).unwrap();
        let john = NewOnboarding::new(Network::LINE, "John", "Doe", "+33612345670", "eve@bank.example");
        let done = store
            .session(Actor::Advisor(eve))
            .onboarding()
            .onboard(&john.company("Acme").email("john@example.com"));
        done.unwrap().contact.invitation
    };
    let before = told(&opened().open(&path).unwrap()).unwrap();
    let (report, said) = salvage(&path, &new_path).unwrap();
    assert!(report.is_complete() && said == before, "{report:?}");
    assert!(invited.is_some());
}

#[test]
fn unique_values_stay_unique() {
    let folder = tempdir().unwrap();
    let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
    sound(&path, 12);
    let refused = |path: &Path| {
        let error = desk(path).add(new("Next", "One").phone("+33612300004")).unwrap_err();
        assert!(matches!(error, Error::Duplicate { field: Field::Phone, .. }), "{error:?}");
    };
    refused(&path);
    lose(&path, &["contact_unique_key"]);
    assert!(salvage(&path, &new_path).unwrap().0.is_complete(), "it is made of the contacts");
    refused(&new_path);
}

/// Who had read all changes was told that there are none, though contacts were lost; and with the whole log lost, numbers began again
/// at 1, so that nobody who followed the book would ever have heard of a change.
#[test]
fn subscribers_must_read_everything_after_a_recovery() {
    for lost in [["contact_card"], ["change"]] {
        let folder = tempdir().unwrap();
        let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
        sound(&path, 30);
        let last = desk(&path).changes().limit(1_000).page().unwrap().next;
        assert!(last > 60);
        lose(&path, &lost);
        assert!(!salvage(&path, &new_path).unwrap().0.is_complete());
        let desk = desk(&new_path);
        for after in [0, last - 1, last] {
            match desk.changes().after(after).page() {
                Err(Error::Pruned { resume_after: resume }) => assert!(resume > last, "{resume}"),
                other => panic!("{lost:?}, after {after}: {other:?}"),
            }
        }
        let Err(Error::Pruned { resume_after: resume }) = desk.changes().page() else { panic!("{lost:?}") };
        let added = desk.add(new("Next", "One")).unwrap().id;
        let page = desk.changes().after(resume).page().unwrap();
        let told: Vec<_> = page.items.iter().map(|change| change.contact).collect();
        assert_eq!(told, [added], "{lost:?}");
    }
}

/// A book that says that more changes were pruned than there ever were would tell every follower to begin anew, again and again.
#[test]
fn a_damaged_prune_position_is_limited_to_the_log() {
    let folder = tempdir().unwrap();
    let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
    sound(&path, 5);
    sqlite(&path).execute("UPDATE metadata SET changes_pruned_through = 1000000", []).unwrap();
    assert!(salvage(&path, &new_path).unwrap().0.is_complete());
    let desk = desk(&new_path);
    let Err(Error::Pruned { resume_after: resume }) = desk.changes().page() else { panic!("it was") };
    assert!(desk.changes().after(resume).page().unwrap().items.is_empty());
    desk.add(new("Next", "One")).unwrap();
    assert_eq!(desk.changes().after(resume).page().unwrap().items.len(), 1);
}

/// Whoever was merged into a contact that is lost is kept, in the trash, and named.
#[test]
fn the_absorbed_contact_of_a_lost_survivor_is_reported() {
    let folder = tempdir().unwrap();
    let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
    let (absorbed, survivor) = {
        let desk = desk(&path);
        let ids: Vec<_> = (0..120).map(|n| desk.add(new(&format!("Nr{n}"), "Lee")).unwrap().id).collect();
        desk.merge(ids[119], ids[0], cardex::contacts::MergeOptions::new()).unwrap();
        (ids[0], ids[119])
    };
    let mut bytes = std::fs::read(&path).unwrap();
    zero(&mut bytes, *pages(&path, "contact").1.last().unwrap());
    std::fs::write(&path, bytes).unwrap();
    let (report, said) = salvage(&path, &new_path).unwrap();
    assert!(report.lost_contacts.contains(&survivor) && said.contains_key(&absorbed));
    assert_eq!(report.damaged_contacts, [absorbed]);
}

/// A book has a tenant; none is made up for what only the log of changes tells of.
#[test]
fn a_lost_tenant_without_contacts_is_replaced() {
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
    lose(&path, &["tenant"]);
    let (report, _) = salvage(&path, &new_path).unwrap();
    assert_eq!(report.placeholders, 1, "{report:?}");
    desk(&new_path).add(new("First", "One")).unwrap();
}

/// Links to an advisor who is lost are kept, and one is made up for all of them; a block is kept as it is, and no advisor made up for it.
#[test]
fn a_lost_advisor_keeps_contacts() {
    let folder = tempdir().unwrap();
    let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
    {
        let desk = desk(&path);
        let advisors =
            ["eve", "fay"].map(|name| desk.directory().add_advisor(NewAdvisor::new(name, "Roe")).unwrap().id);
        desk.add(new("Ann", "Lee").advisor(advisors[0])).unwrap();
        desk.blocked_numbers()
            .block(
                advisors[1],
                [cardex::blocking::NewBlockedNumber::new(
                    "+33612300001",
                    cardex::blocking::BlockReason::Spam,
                )],
            )
            .unwrap();
    }
    lose(&path, &["advisor"]);
    let (report, _) = salvage(&path, &new_path).unwrap();
    assert_eq!(report.placeholders, 1, "{report:?}");
    let rows = |name: &str| {
        let table = report.tables.iter().find(|table| table.table == name).unwrap();
        (table.rows, table.rejected)
    };
    assert_eq!((rows("link"), rows("blocked_number")), ((1, 0), (1, 0)));
    let desk = desk(&new_path);
    let list = desk.contacts().network(SMS).page().unwrap();
    assert_eq!(desk.links_of(&[list.items[0].id]).unwrap()[0].len(), 1);
}

#[test]
fn a_report_names_a_thousand_lost_contacts_and_counts_all() {
    let folder = tempdir().unwrap();
    let (path, new_path) = (folder.path().join("book"), folder.path().join("new"));
    {
        let desk = desk(&path);
        let people: Vec<_> = (0..1_010).map(|n| new(&format!("First{n}"), "Last")).collect();
        desk.add_many(people, cardex::contacts::AddManyOptions::new(), |_, _| {}).unwrap();
    }
    lose(&path, &["contact"]);
    let (report, said) = salvage(&path, &new_path).unwrap();
    assert_eq!((report.contacts, report.lost, report.lost_contacts.len()), (0, 1_010, 1_000));
    assert!(said.is_empty());
}

#[test]
fn the_order_of_lists_is_recovered() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    let names = |path: &Path| -> Vec<String> {
        let desk = opened().open(path).unwrap().session(Actor::System);
        desk.contacts().iter().map(|contact| contact.unwrap().last_name).collect()
    };
    {
        let desk = opened().locale("sv").open(&path).unwrap().session(Actor::System);
        for last in ["Zorn", "Åkesson", "Adler"] {
            desk.add(crate::support::new("Eva", last)).unwrap();
        }
    }
    assert_eq!(names(&path), ["Adler", "Zorn", "Åkesson"], "as in Swedish");
    assert!(salvage(&path, &new).unwrap().0.is_complete());
    assert_eq!(names(&new), ["Adler", "Zorn", "Åkesson"]);
}
