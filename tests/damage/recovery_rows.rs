//! Recovery of single damaged rows.

use crate::books::{make, opened};
use crate::recovery::{count_equal, pages, recover, undamaged, zero};
use cardex::Actor;
use std::fs;
use tempfile::tempdir;

/// Regression test: an attribute value that is not JSON was copied, and was unreadable in the new store too.
#[test]
fn an_unreadable_value_is_omitted() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    let (_, truth) = undamaged(&path, 5);
    let sqlite = crate::support::sqlite(&path);
    let sql = "UPDATE attribute SET value = '\"cut' WHERE contact = (SELECT max(contact) FROM attribute)";
    assert_eq!(sqlite.execute(sql, []).unwrap(), 1);
    drop(sqlite);
    let (report, contents) = recover(&path, &new).unwrap();
    let refused: Vec<_> = report.tables.iter().filter(|table| table.rejected > 0).collect();
    assert_eq!((refused.len(), refused[0].table.as_str(), refused[0].rejected), (1, "attribute", 1));
    // The contact that was merged into it has the same data.
    assert!(report.contacts == 5 && count_equal(&truth, &contents) >= 3, "{contents:?}");
}

#[test]
fn a_contact_with_a_flipped_bit_is_recovered_and_reported() {
    // A flipped bit makes a whole encrypted page unreadable.
    if crate::support::all_encrypted() {
        return;
    }
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    let (mut bytes, truth) = undamaged(&path, 30);
    let (_, leaves) = pages(&path, "contact");
    let at = leaves.iter().find_map(|leaf| {
        let start = (leaf - 1) * 4_096;
        bytes[start..start + 4_096].windows(6).position(|it| it == b"nick12").map(|at| start + at)
    });
    let at = at.unwrap();
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let (report, contents) = recover(&path, &new).unwrap();
    assert_eq!((report.contacts, report.damaged, report.lost), (30, 1, 0));
    assert_eq!(count_equal(&truth, &contents), contents.len() - 1);
    assert!(contents[&report.damaged_contacts[0]].contains("oick12"));
}

/// A value that its column does not permit is left out, so that the contact is not lost. The contact is reported.
#[test]
fn an_invalid_contact_is_recovered_without_its_invalid_values() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    let (bytes, truth) = undamaged(&path, 12);
    for change in [
        "status = 9, consent = -4",
        "version = 0",
        "contact_methods = '[[', folded_texts = ''",
        "invite_code = 'abc'",
        "invite_expires_at = 5",
        "federation_group = 77",
        "own_advisor = 77",
        "tenant = 77",
        "network = 77",
        "merged_into = 77, trashed_at = 5",
        "first_name = CAST(x'C328' AS TEXT)",
    ] {
        fs::write(&path, &bytes).unwrap();
        let sqlite = crate::support::sqlite(&path);
        sqlite.execute_batch("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF").unwrap();
        assert_eq!(sqlite.execute(&format!("UPDATE contact SET {change} WHERE id = 6"), []).unwrap(), 1);
        drop(sqlite);
        let _ = fs::remove_file(&new);
        let (report, contents) = recover(&path, &new).unwrap();
        assert_eq!((report.contacts, report.damaged), (12, 1), "{change}: {report:?}");
        assert!(count_equal(&truth, &contents) + 1 >= contents.len(), "{change}");
    }
}

/// The row itself is unchanged, but its group is lost.
#[test]
fn a_contact_of_a_lost_group_is_reported() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    make(&path, 12).unwrap();
    let id = {
        let session = opened().open(&path).unwrap().session(Actor::System);
        let group = session.directory().add_group("west").unwrap().id;
        session.add(crate::support::new("Gus", "Roe").group(group)).unwrap().id
    };
    let mut bytes = fs::read(&path).unwrap();
    zero(&mut bytes, pages(&path, "federation_group").1[0]);
    fs::write(&path, &bytes).unwrap();
    let (report, contents) = recover(&path, &new).unwrap();
    assert_eq!((report.contacts, report.damaged_contacts), (13, vec![id]));
    assert!(contents[&id].contains("Gus"));
}
