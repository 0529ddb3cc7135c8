//! The possible contents of a disk after a power loss. Flushed data is complete; other sectors are old, new or torn.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::Random;
use crate::vfs::Op;

const SECTOR: usize = 512;

/// The flushed contents of a file, and the writes since the last flush.
#[derive(Default)]
struct File<'a> {
    flushed: Option<Vec<u8>>,
    pending: Vec<&'a Op>,
}

/// The files after a power loss at a position of the call log.
pub(crate) fn after_power_loss(
    log: &[Op],
    position: usize,
    random: &mut Random,
) -> BTreeMap<String, Vec<u8>> {
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
                // The folder is flushed, and with it every earlier removal.
                files.retain(|_, file| !matches!(file.pending.last(), Some(Op::Delete(..))));
            }
            Op::Named { from, to } => {
                let mut file = files.remove(from.as_str()).unwrap_or_default();
                let mut bytes = file.flushed.take().unwrap_or_default();
                for op in file.pending.drain(..) {
                    apply(&mut bytes, op);
                }
                files.insert(to, File { flushed: Some(bytes), pending: Vec::new() });
            }
            Op::Create(name) | Op::Write(name, ..) | Op::Truncate(name, _) | Op::Delete(name, false) => {
                files.entry(name).or_default().pending.push(op);
            }
        }
    }
    let survive = |(name, file): (&str, File<'_>)| Some((name.to_owned(), remains(file, random)?));
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

/// A file in which each unflushed write has happened, has not happened, or is torn in one sector.
fn remains(file: File<'_>, random: &mut Random) -> Option<Vec<u8>> {
    let mut there = file.flushed.is_some();
    let mut bytes = file.flushed.unwrap_or_default();
    for op in file.pending {
        match op {
            Op::Create(_) => there |= random.below(2) == 0,
            Op::Delete(..) => there &= random.below(2) == 0,
            Op::Truncate(..) if random.below(2) == 0 => apply(&mut bytes, op),
            Op::Write(_, at, data) => {
                let at = usize::try_from(*at).unwrap();
                for (n, sector) in data.chunks(SECTOR).enumerate() {
                    match random.below(8) {
                        0..=3 => put(&mut bytes, at + n * SECTOR, sector),
                        4 => {
                            let junk: Vec<u8> =
                                sector.iter().map(|_| u8::try_from(random.below(256)).unwrap()).collect();
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

/// Writes the files into an empty folder.
pub(crate) fn write_image(files: &BTreeMap<String, Vec<u8>>, folder: &Path) {
    if folder.exists() {
        std::fs::remove_dir_all(folder).unwrap();
    }
    std::fs::create_dir(folder).unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}
