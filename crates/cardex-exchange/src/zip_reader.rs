//! A zip with vCards, as Google, Apple and phones export them.

use std::collections::VecDeque;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use crc32fast::Hasher;
use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use crate::format::Format;

/// The most files in a zip.
const MAX_FILES: usize = 200_000;

/// The most bytes that the vCards of a zip have unpacked.
const MAX_BYTES: u64 = 8 << 30;

/// Reads the vCards of a zip, one file after the other, in the order of their names. Nothing is written anywhere, and names are only
/// compared. Hidden files and other files are left out. The content is unpacked piece by piece, so memory does not depend on it.
pub struct ZipReader<R> {
    files: VecDeque<PackedFile>,
    open: OpenFile<R>,
    bytes: u64,
    left: u64,
}

/// A file of a zip.
struct PackedFile {
    name: String,
    start: u64,
    packed: u64,
    size: u64,
    crc: u32,
    is_deflated: bool,
}

/// The file that is being read.
enum OpenFile<R> {
    /// No file.
    None(BufReader<R>),
    Stored(io::Take<BufReader<R>>, Expected),
    Deflated(Box<DeflateDecoder<io::Take<BufReader<R>>>>, Expected),
    /// An error came before.
    Broken,
}

/// What the bytes of a file must be in the end.
struct Expected {
    left: u64,
    crc: u32,
    hasher: Hasher,
}

impl ZipReader<io::Empty> {
    /// Whether a file with these first bytes is a zip.
    #[must_use]
    pub fn is_zip(start: &[u8]) -> bool {
        start.starts_with(b"PK\x03\x04")
    }
}

impl<R: Read + Seek> ZipReader<R> {
    /// Reads the directory of a zip.
    ///
    /// # Errors
    /// Those of reading; [`ErrorKind::InvalidData`] for a zip that is damaged, has no vCards, more than 200,000 files or more than 8 GiB
    /// of vCards; [`ErrorKind::Unsupported`] for vCards that are encrypted or packed by another method than deflate.
    pub fn open(input: R) -> io::Result<Self> {
        let mut archive = ZipArchive::new(BufReader::new(input))?;
        if archive.len() > MAX_FILES {
            return Err(invalid("the zip has too many files"));
        }
        let mut files = Vec::new();
        for at in 0..archive.len() {
            let file = archive.by_index_raw(at)?;
            let name = file.name()?.into_owned();
            if !file.is_file() || !is_card(&name) {
                continue;
            }
            let method = file.compression();
            if file.encrypted() || !matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated)
            {
                let reason = "the vCards of the zip are encrypted, or packed by another method than deflate";
                return Err(io::Error::new(ErrorKind::Unsupported, reason));
            }
            let start = file.data_start().ok_or_else(|| invalid("the zip is damaged"))?;
            files.push(PackedFile {
                name,
                start,
                packed: file.compressed_size(),
                size: file.size(),
                crc: file.crc32(),
                is_deflated: method == CompressionMethod::Deflated,
            });
        }
        if files.is_empty() {
            return Err(invalid("the zip has no vCards"));
        }
        let bytes = files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.size));
        if bytes > MAX_BYTES {
            return Err(invalid("the vCards of the zip are too large"));
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let open = OpenFile::None(archive.into_inner());
        Ok(Self { files: files.into(), open, bytes, left: MAX_BYTES })
    }

    /// The bytes of all vCards, as the directory says.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.bytes
    }

    /// Begins the next file; false at the end.
    fn open_next(&mut self, mut input: BufReader<R>) -> io::Result<bool> {
        let Some(file) = self.files.pop_front() else {
            self.open = OpenFile::None(input);
            return Ok(false);
        };
        input.seek(SeekFrom::Start(file.start))?;
        let input = input.take(file.packed);
        let expected = Expected { left: file.size, crc: file.crc, hasher: Hasher::new() };
        self.open = if file.is_deflated {
            OpenFile::Deflated(Box::new(DeflateDecoder::new(input)), expected)
        } else {
            OpenFile::Stored(input, expected)
        };
        Ok(true)
    }

    /// Takes the input back from a file that has been read to its end.
    fn close(&mut self) -> io::Result<BufReader<R>> {
        let (input, expected) = match std::mem::replace(&mut self.open, OpenFile::Broken) {
            OpenFile::None(input) => return Ok(input),
            OpenFile::Stored(input, expected) => (input.into_inner(), expected),
            OpenFile::Deflated(decoder, expected) => (decoder.into_inner().into_inner(), expected),
            OpenFile::Broken => return Err(invalid("the zip is damaged")),
        };
        if expected.left != 0 || expected.hasher.finalize() != expected.crc {
            return Err(invalid("a file of the zip is damaged"));
        }
        Ok(input)
    }
}

impl<R: Read + Seek> Read for ZipReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let (count, expected) = match &mut self.open {
                OpenFile::None(_) => (0, None),
                OpenFile::Stored(input, expected) => (input.read(buffer)?, Some(expected)),
                OpenFile::Deflated(decoder, expected) => (decoder.read(buffer)?, Some(expected)),
                OpenFile::Broken => return Err(invalid("the zip is damaged")),
            };
            if let Some(expected) = expected {
                if count > 0 {
                    let read = u64::try_from(count).unwrap_or(u64::MAX);
                    // More bytes than the directory says: it may never end.
                    expected.left = expected
                        .left
                        .checked_sub(read)
                        .ok_or_else(|| invalid("a file of the zip is damaged"))?;
                    self.left = self
                        .left
                        .checked_sub(read)
                        .ok_or_else(|| invalid("the vCards of the zip are too large"))?;
                    expected.hasher.update(buffer.get(..count).unwrap_or_default());
                    return Ok(count);
                }
                let input = self.close()?;
                self.open = OpenFile::None(input);
                // The last line of a file may have no end.
                if let Some(first) = buffer.first_mut() {
                    *first = b'\n';
                }
                return Ok(1);
            }
            let input = self.close()?;
            if !self.open_next(input)? {
                return Ok(0);
            }
        }
    }
}

impl<R> std::fmt::Debug for ZipReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ZipReader").field("files", &self.files.len()).finish_non_exhaustive()
    }
}

/// Whether a name is that of a vCard that is not hidden. macOS adds hidden files to its zips.
fn is_card(name: &str) -> bool {
    let is_hidden =
        |part: &str| (part.starts_with('.') && !part.trim_matches('.').is_empty()) || part == "__MACOSX";
    !name.split(['/', '\\']).any(is_hidden) && Format::from_path(Path::new(name)) == Some(Format::VCard)
}

fn invalid(reason: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    /// The local header and the directory entry of a file.
    fn entry(name: &str, content: &[u8], is_deflated: bool, offset: usize) -> (Vec<u8>, Vec<u8>) {
        let packed = if is_deflated {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        } else {
            content.to_vec()
        };
        let number = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        let short = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
        let mut common =
            [short(20), short(0), short(if is_deflated { 8 } else { 0 }), short(0), short(33)].concat();
        common.extend(crc32fast::hash(content).to_le_bytes());
        common.extend([number(packed.len()), number(content.len())].concat());
        common.extend([short(name.len()), short(0)].concat());
        let local = [&b"PK\x03\x04"[..], &common, name.as_bytes(), &packed].concat();
        let mut central = [&b"PK\x01\x02"[..], &short(20), &common].concat();
        central.extend([short(0), short(0), short(0), short(0), short(0)].concat());
        central.extend(number(offset));
        central.extend(name.as_bytes());
        (local, central)
    }

    /// A zip of these files.
    pub(crate) fn zip_of(files: &[(&str, &[u8], bool)]) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for (name, content, is_deflated) in files {
            let (local, central) = entry(name, content, *is_deflated, bytes.len());
            bytes.extend(local);
            directory.extend(central);
        }
        let start = u32::try_from(bytes.len()).unwrap();
        let count = u16::try_from(files.len()).unwrap();
        bytes.extend(&directory);
        bytes.extend(b"PK\x05\x06\0\0\0\0");
        bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
        bytes.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
        bytes.extend(start.to_le_bytes());
        bytes.extend([0, 0]);
        bytes
    }

    fn content(zip: Vec<u8>) -> io::Result<String> {
        let mut text = String::new();
        ZipReader::open(Cursor::new(zip))?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn cards_are_read_in_the_order_of_their_names() {
        let long = "long ".repeat(50_000);
        let files: [(&str, &[u8], bool); 6] = [
            ("b/two.vcf", b"two", true),
            ("a.VCF", b"one", false),
            ("c.vcard", long.as_bytes(), true),
            ("readme.txt", b"no", true),
            ("__MACOSX/a.vcf", b"no", true),
            ("b/.hidden.vcf", b"no", false),
        ];
        let zip = zip_of(&files);
        assert!(ZipReader::is_zip(&zip) && !ZipReader::is_zip(b"BEGIN:VCARD"));
        assert_eq!(content(zip).unwrap(), format!("one\ntwo\n{long}\n"));
    }

    #[test]
    fn damaged_and_hostile_zips_are_errors() {
        let kind = |zip: Vec<u8>| content(zip).unwrap_err().kind();
        assert_eq!(kind(zip_of(&[("a.txt", b"x", false)])), ErrorKind::InvalidData);
        for is_deflated in [false, true] {
            let zip = zip_of(&[("../../a.vcf", b"some content of a card", is_deflated)]);
            assert_eq!(content(zip.clone()).unwrap(), "some content of a card\n", "a name is no path");
            // Every single changed byte is an error, or the content is the same.
            for at in 0..zip.len() {
                for change in [1, 0x80, 0xFF] {
                    let mut zip = zip.clone();
                    zip[at] ^= change;
                    if let Ok(text) = content(zip) {
                        assert_eq!(text, "some content of a card\n", "byte {at}");
                    }
                }
            }
            for length in 0..zip.len() {
                assert!(content(zip[..length].to_vec()).is_err(), "{length}");
            }
        }
    }

    #[test]
    fn more_bytes_than_the_directory_says_are_an_error() {
        let bomb = vec![b'x'; 1 << 20];
        let mut zip = zip_of(&[("a.vcf", &bomb, true)]);
        let size = (1_u32 << 20).to_le_bytes();
        for at in 0..zip.len() - 4 {
            if zip[at..at + 4] == size {
                zip[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
            }
        }
        assert_eq!(content(zip).unwrap_err().kind(), ErrorKind::InvalidData);
    }
}
