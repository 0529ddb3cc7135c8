//! What a disk may hold after the power went: what was flushed, and of the rest any sectors, old, new or torn.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::Dice;
use crate::vfs::Op;

const SECTOR: usize = 512;

/// A file as the platter has it, and what was said of it since the last flush.
#[derive(Default)]
struct File<'a> {
    flushed: Option<Vec<u8>>,
    pending: Vec<&'a Op>,
}

/// The files after the first `position` calls of a log, if the power goes then.
pub(crate) fn after_power_loss(log: &[Op], position: usize, dice: &mut Dice) -> BTreeMap<String, Vec<u8>> {
    let mut files: BTreeMap<&str, File<'_>> = BTreeMap::new();
    for op in &log[..position] {
        match op {
            Op::Mark(_) => {}
            Op::Sync(name) => {
                let file = files.entry(name).or_default();
                let mut bytes = file.flushed.take().unwrap_or_default();
                for op in file.pending.drain(..) {
                    apply(&mut bytes, op);
                }
                file.flushed = Some(bytes);
            }
            Op::Delete(name, true) => {
                files.remove(name.as_str());
            }
            Op::Named { from, to } => {
                let file = files.remove(from.as_str()).unwrap_or_default();
                files.insert(to, file);
            }
            Op::Create(name) | Op::Write(name, ..) | Op::Truncate(name, _) | Op::Delete(name, false) => {
                files.entry(name).or_default().pending.push(op);
            }
        }
    }
    let survive = |(name, file): (&str, File<'_>)| Some((name.to_owned(), remains(file, dice)?));
    files.into_iter().filter_map(survive).collect()
}

fn apply(bytes: &mut Vec<u8>, op: &Op) {
    match op {
        Op::Write(_, at, data) => put(bytes, usize::try_from(*at).unwrap(), data),
        Op::Truncate(_, size) => bytes.resize(usize::try_from(*size).unwrap(), 0),
        _ => {}
    }
}

fn put(bytes: &mut Vec<u8>, at: usize, data: &[u8]) {
    if bytes.len() < at + data.len() {
        bytes.resize(at + data.len(), 0);
    }
    bytes[at..at + data.len()].copy_from_slice(data);
}

/// A file of which each change that was not flushed has happened, has not, or has torn a sector.
fn remains(file: File<'_>, dice: &mut Dice) -> Option<Vec<u8>> {
    let mut there = file.flushed.is_some();
    let mut bytes = file.flushed.unwrap_or_default();
    for op in file.pending {
        match op {
            Op::Create(_) => there |= dice.below(2) == 0,
            Op::Delete(..) => there &= dice.below(2) == 0,
            Op::Truncate(..) if dice.below(2) == 0 => apply(&mut bytes, op),
            Op::Write(_, at, data) => {
                let at = usize::try_from(*at).unwrap();
                for (n, sector) in data.chunks(SECTOR).enumerate() {
                    match dice.below(8) {
                        0..=3 => put(&mut bytes, at + n * SECTOR, sector),
                        4 => {
                            let junk: Vec<u8> =
                                sector.iter().map(|_| u8::try_from(dice.below(256)).unwrap()).collect();
                            put(&mut bytes, at + n * SECTOR, &junk);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    there.then_some(bytes)
}

/// Writes the files into a folder, which has nothing else then.
pub(crate) fn lay_out(files: &BTreeMap<String, Vec<u8>>, folder: &Path) {
    if folder.exists() {
        std::fs::remove_dir_all(folder).unwrap();
    }
    std::fs::create_dir(folder).unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}
