//! Opens what is imported: a file, standard input, a folder of vCards, or a zip of them.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::path::Path;

use cardex_exchange::{FolderReader, Format, ZipReader};

use crate::failure::Failure;

/// An open file to import.
pub(super) struct ImportFile {
    pub(super) name: String,
    pub(super) format: Format,
    pub(super) input: Box<dyn Read + Send>,
    pub(super) bytes: u64,
}

impl ImportFile {
    /// Opens a file of this format, or of the one that its content shows.
    pub(super) fn open(file: &Path, format: Option<Format>) -> Result<Self, Failure> {
        let name = file.to_string_lossy().into_owned();
        let failed = |error| Failure::new("io", format!("{name}: {error}"));
        if file.is_dir() {
            let reader = FolderReader::open(file).map_err(failed)?;
            let bytes = reader.total_bytes();
            return Ok(Self { name, format: Format::VCard, input: Box::new(reader), bytes });
        }
        let mut start = Vec::new();
        let (input, bytes): (Box<dyn Read + Send>, u64) = if name == "-" {
            let mut input = io::stdin();
            if format.is_none() {
                input.by_ref().take(START).read_to_end(&mut start).map_err(failed)?;
            }
            if ZipReader::is_zip(&start) {
                return Err(Failure::new("format", "a zip cannot be read from standard input"));
            }
            (Box::new(io::Cursor::new(start.clone()).chain(input)), 0)
        } else {
            let mut input = File::open(file).map_err(failed)?;
            let bytes = input.metadata().map_err(failed)?.len();
            input.by_ref().take(START).read_to_end(&mut start).map_err(failed)?;
            input.seek(SeekFrom::Start(0)).map_err(failed)?;
            if ZipReader::is_zip(&start) {
                let reader = ZipReader::open(BufReader::new(input)).map_err(failed)?;
                let bytes = reader.total_bytes();
                return Ok(Self { name, format: Format::VCard, input: Box::new(reader), bytes });
            }
            (Box::new(input), bytes)
        };
        let found = format.or_else(|| Format::detect(&start)).or_else(|| Format::from_path(file));
        let format = found.ok_or_else(|| {
            Failure::new("format", format!("{name}: unknown format; give it with --format"))
        })?;
        Ok(Self { name, format, input, bytes })
    }

    /// The name without its folders, to show.
    pub(super) fn short_name(&self) -> String {
        let short = Path::new(&self.name).file_name().map(|name| name.to_string_lossy().into_owned());
        short.unwrap_or_else(|| self.name.clone())
    }
}

/// The bytes at the start of a file that show its format.
const START: u64 = 4_096;
