//! A folder with one vCard a file (vdir), as khard, vdirsyncer and mutt use it.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::format::Format;
use crate::write::{WriteOptions, Writer};
use cardex::{ContactList, Error, Result, Session};

/// Reads the vCards of a folder, one file after the other, in the order of their names. Hidden files and other files are left out.
#[derive(Debug)]
pub struct FolderReader {
    files: VecDeque<PathBuf>,
    open: Option<File>,
    bytes: u64,
}

impl FolderReader {
    /// The vCards of a folder: the files with the extension `vcf` or `vcard`.
    ///
    /// # Errors
    /// Those of reading the folder.
    pub fn open(folder: impl AsRef<Path>) -> io::Result<Self> {
        let (mut files, mut bytes) = (Vec::new(), 0_u64);
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            if !is_hidden && Format::from_path(&path) == Some(Format::VCard) && path.is_file() {
                bytes = bytes.saturating_add(entry.metadata()?.len());
                files.push(path);
            }
        }
        files.sort();
        Ok(Self { files: files.into(), open: None, bytes })
    }

    /// The bytes of all files.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.bytes
    }
}

impl Read for FolderReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(file) = &mut self.open {
                match file.read(buffer)? {
                    0 if !buffer.is_empty() => {
                        self.open = None;
                        // The last line of a file may have no end.
                        if let Some(first) = buffer.first_mut() {
                            *first = b'\n';
                        }
                        return Ok(1);
                    }
                    count => return Ok(count),
                }
            }
            match self.files.pop_front() {
                Some(path) => self.open = Some(File::open(path)?),
                None => return Ok(0),
            }
        }
    }
}

/// What an export to a folder did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FolderExport {
    /// Files written.
    pub written: u64,
    /// Files that had the same content.
    pub unchanged: u64,
}

/// Writes each contact of a list as a vCard of its own, named by its UID. A file with the same content is not touched, and others are
/// replaced as a whole. Other files of the folder stay, also those of contacts that are no longer in the list.
///
/// # Errors
/// [`Error::Io`] for the folder and its files. Those of [`export`](crate::export()).
pub fn export_folder(
    session: &Session,
    contacts: ContactList<'_>,
    folder: impl AsRef<Path>,
    options: &WriteOptions,
) -> Result<FolderExport> {
    let (folder, cancellation) = (folder.as_ref(), session.cancellation());
    fs::create_dir_all(folder).map_err(Error::Io)?;
    let mut done = FolderExport::default();
    for contact in contacts.iter() {
        let contact = contact?;
        cancellation.check()?;
        let card = match session.card(contact.id) {
            Err(Error::NoContact(_) | Error::Merged { .. }) => continue,
            card => card?,
        };
        let tags = session.tags().of(&[contact.id])?.into_iter().next().unwrap_or_default();
        let mut writer =
            Writer::new(Vec::new(), Format::VCard, options.clone()).is_phone(|text| session.is_phone(text));
        writer.write_full(&contact, card.as_deref(), &tags, &[])?;
        let text = writer.finish()?;
        let path = folder.join(file_name(&contact.uid));
        if fs::read(&path).is_ok_and(|known| known == text) {
            done.unchanged = done.unchanged.saturating_add(1);
            continue;
        }
        let temporary = folder.join(format!(".{}.tmp", contact.id));
        fs::write(&temporary, &text).and_then(|()| fs::rename(&temporary, &path)).map_err(Error::Io)?;
        done.written = done.written.saturating_add(1);
    }
    Ok(done)
}

/// The name of the file of a UID. Other characters than letters, digits, `-`, `_` and inner dots are percent-encoded.
fn file_name(uid: &str) -> String {
    let mut name = String::new();
    for (at, byte) in uid.bytes().enumerate() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || (byte == b'.' && at > 0) {
            name.push(char::from(byte));
        } else {
            name.extend(["%".to_owned(), format!("{byte:02X}")]);
        }
    }
    let end = name.len().min(200);
    name.truncate(end);
    name.push_str(".vcf");
    name
}
