//! Backups whose process is killed.

use std::fs;
use std::path::Path;

use cardex::{Actor, Network, NewContact, Store};
use tempfile::tempdir;

/// A killed backup leaves at most a partial file, never a file with the name of the copy.
#[test]
fn a_killed_backup_leaves_only_a_partial_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let store = Store::open(&path).unwrap();
    let session = store.session(Actor::System);
    for n in 0..300 {
        session.add(NewContact::new(Network::SMS_DIRECT, format!("n{n}"), "Roe")).unwrap();
    }
    let mut finished = 0;
    for n in 0..12 {
        let copy = folder.path().join(format!("copy{n}"));
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_cardex"));
        child.arg("--book").arg(&path).arg("backup").arg(&copy).stderr(std::process::Stdio::null());
        let mut child = child.spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(3 * n));
        child.kill().unwrap();
        child.wait().unwrap();
        if copy.exists() {
            finished += 1;
            let copy = Store::open(&copy).unwrap().session(Actor::System);
            assert_eq!(copy.contacts().limit(100).iter().count(), 300);
        }
    }
    println!("{finished} of 12 copies finished before the kill");
    // The check reports the partial files, and the book is correct.
    let report = store.check().unwrap();
    let left =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut left: Vec<_> =
        left.filter(|name| Path::new(name).extension().is_some_and(|end| end == "part")).collect();
    left.sort_unstable();
    assert_eq!(report.partial_files, left);
    assert!(report.is_ok(), "{report:?}");
    for other in ["copy.part", "0123456789abcdef.part", "copy.2.part", "copy.0123456789abcdef.part.vcf"] {
        fs::write(folder.path().join(other), "").unwrap();
    }
    fs::write(folder.path().join("a.b.0123456789abcdef.part"), "").unwrap();
    left.insert(0, "a.b.0123456789abcdef.part".to_owned());
    assert_eq!(store.check().unwrap().partial_files, left);
    assert_eq!(session.contacts().limit(100).iter().count(), 300);
}
