//! The arguments of the comparison.

use crate::Result;

const USAGE: &str =
    "cargo bench --bench compare -- [--contacts 10000,100000,1000000] [--queries 200] [--only WORD,…] \
[--fresh] [--draw] [--verify]
  --contacts  sizes of the books, which are made under bench-data/ if they are not there
  --queries   questions of each kind
  --only      parts: search, list, write, import, ways, care, memory; with ways and memory alone nothing but the book is made
  --fresh     makes the books anew
  --draw      draws benches/figures/ from the JSON of all sizes that are there; alone, nothing is measured
  --verify    measures nothing: shows that everybody answers alike, on one small book if no sizes are given";

#[derive(Debug, Clone)]
pub(crate) struct Arguments {
    pub(crate) contacts: Vec<u64>,
    pub(crate) queries: usize,
    pub(crate) only: Vec<String>,
    pub(crate) fresh: bool,
    pub(crate) draw: bool,
    pub(crate) verify: bool,
}

impl Arguments {
    /// Parses the arguments.
    pub(crate) fn read(given: impl Iterator<Item = String>) -> Result<Self> {
        let mut read = Self {
            contacts: Vec::new(),
            queries: 200,
            only: Vec::new(),
            fresh: false,
            draw: false,
            verify: false,
        };
        let mut given = given.filter(|word| word != "--bench"); // the argument that cargo passes
        while let Some(name) = given.next() {
            let mut value = || given.next().ok_or(format!("{name} needs a value\n{USAGE}"));
            match name.as_str() {
                "--contacts" => {
                    let sizes = value()?;
                    let sizes = sizes.split(',').map(|size| size.replace('_', "").parse());
                    read.contacts = sizes.collect::<std::result::Result<_, _>>()?;
                }
                "--queries" => read.queries = value()?.parse()?,
                "--only" => read.only = value()?.split(',').map(str::to_owned).collect(),
                "--fresh" => read.fresh = true,
                "--draw" => read.draw = true,
                "--verify" => read.verify = true,
                _ => return Err(format!("unknown argument {name}\n{USAGE}").into()),
            }
        }
        if read.contacts.iter().any(|size| *size < 1_000) || read.queries < 10 {
            return Err("a book has 1,000 contacts at least, and a figure is of 10 questions at least".into());
        }
        if read.contacts.is_empty() && !read.draw {
            read.contacts = if read.verify { vec![2_000] } else { vec![10_000, 100_000, 1_000_000] };
        }
        Ok(read)
    }

    /// Whether other engines are measured too.
    pub(crate) fn wants_others(&self) -> bool {
        self.verify || ["search", "list", "write", "import", "care"].into_iter().any(|part| self.wants(part))
    }

    /// Whether a part is measured.
    pub(crate) fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| word == part)
    }
}
