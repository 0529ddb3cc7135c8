//! What a damaged book still says, as a new book.

use std::fs;
use std::path::{Path, PathBuf};

use crate::db::connection::config::Config;
use crate::db::connection::open::Place;
use crate::db::recovery::{self, Parent, Put, Row, Table, Wreck};
use crate::db::{self, Write};
use crate::engine::Inner;
use crate::error::{Error, Result};
use crate::host::interrupt::Watch;
use crate::model::ContactId;
use crate::operations::contact::draft::claims;
use crate::operations::list::order::{Orders, sort_key};
use crate::operations::maintenance::check::check;
use crate::operations::maintenance::open::open;
use crate::operations::maintenance::reindex::rebuild_index;
use crate::operations::{Tally, scopes_of};
use crate::options::Options;

/// Ids of one kind that are told.
const TOLD: usize = 1_000;

/// What a salvage brought into the new book, and what it could not read.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Salvaged {
    /// Contacts in the new book, the trash and absorbed ones included.
    pub contacts: u64,
    /// Contacts there were that could not be read, as far as the file still tells of them.
    pub lost: u64,
    /// The first thousand of those.
    pub lost_contacts: Vec<ContactId>,
    /// Contacts that are there but not as they were written: a bit flipped in them, or something they had could not be kept.
    pub altered: u64,
    /// The first thousand of those.
    pub altered_contacts: Vec<ContactId>,
    /// Tenants, networks and advisors that could not be read and stand there under a made-up name, since contacts are theirs.
    pub made_up: u64,
    /// What was copied, table by table.
    pub tables: Vec<SalvagedTable>,
}

/// What was copied of a table of the book.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SalvagedTable {
    /// Its name in `schema.sql`.
    pub table: &'static str,
    /// Rows that were copied.
    pub rows: u64,
    /// Rows that were read and could not be kept: what they belong to is lost, or they make no sense.
    pub refused: u64,
    /// Whether the table could be read to its end. Otherwise rows may be missing.
    pub whole: bool,
}

impl Salvaged {
    /// Whether everything was read and nothing is altered.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let tables = self.tables.iter().all(|table| table.whole && table.refused == 0);
        tables && self.lost == 0 && self.altered == 0 && self.made_up == 0
    }
}

/// See [`Options::salvage`](crate::Options::salvage).
pub(crate) fn salvage(options: Options, broken: &Path, new: &Path) -> Result<Salvaged> {
    options.check()?;
    match fs::metadata(broken) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::NoBook { path: broken.to_owned() });
        }
        Ok(found) if found.is_file() => {}
        Err(error) => return Err(error.into()),
        Ok(_) => return Err(Error::NotABook { path: broken.to_owned() }),
    }
    if new.symlink_metadata().is_ok() {
        return Err(Error::Io(std::io::ErrorKind::AlreadyExists.into()));
    }
    let files = [db::beside(new), db::beside(new), db::beside(new)];
    let done =
        salvage_by(options, broken, &files).and_then(|report| Ok((db::settle(&files[2], new)?, report).1));
    for file in &files {
        db::discard(file);
    }
    done
}

/// Copies bytes and nothing else: what must not be written to has a copy that may be, and that nobody else may read.
fn copy_file(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::copy(&mut fs::File::open(from)?, &mut options.open(to)?).map(|_| ())
}

/// Copies the damaged book to the first file, makes a fresh one of the second to compare with, and the new one of the third.
fn salvage_by(options: Options, broken: &Path, [copy, fresh, made]: &[PathBuf; 3]) -> Result<Salvaged> {
    copy_file(broken, copy)?;
    let log = |path: &Path| {
        let mut name = path.as_os_str().to_owned();
        name.push("-wal");
        PathBuf::from(name)
    };
    if log(broken).is_file() {
        copy_file(&log(broken), &log(copy))?;
    }
    let options = Options { db: Config { read_only: false, create: true, ..options.db }, ..options };
    drop(open(Place::File(fresh.clone()), options.clone())?);
    let wreck = Wreck::open(copy, fresh, &options.db)?;
    let identity = wreck.identity();
    let locale = options.locale.clone().or_else(|| identity.as_ref().map(|book| book.locale.clone()));
    // A tag that is none was damaged, too.
    let known = |locale: &String| locale.is_empty() || crate::text::collate::Collator::new(locale).is_ok();
    let locale = locale.filter(known).filter(|locale| !locale.is_empty());
    let engine = open(Place::File(made.clone()), Options { locale, ..options })?;
    let inner = &engine;
    let report = inner.write(&Watch::default(), |db| {
        let mut fill = Fill {
            inner,
            db,
            wreck: &wreck,
            report: Salvaged::default(),
            merged: Vec::new(),
            altered: Vec::new(),
        };
        fill.tables()?;
        fill.derive()?;
        if let Some(identity) = &identity {
            recovery::take_identity(db, identity)?;
        }
        fill.close_log()?;
        fill.tell()
    })?;
    rebuild_index(inner)?;
    if !check(inner)?.is_sound() {
        return Err(Error::Damaged { what: "what was salvaged did not pass its check", source: None });
    }
    inner.checkpoint()?;
    Ok(report)
}

/// The new book being filled.
struct Fill<'a> {
    inner: &'a Inner,
    db: &'a Write<'a>,
    wreck: &'a Wreck,
    report: Salvaged,
    /// Contacts, by local id, and into which they were merged: known when all contacts are there.
    merged: Vec<(i64, i64)>,
    /// Local ids of contacts that are not as they were.
    altered: Vec<i64>,
}

impl Fill<'_> {
    fn tables(&mut self) -> Result<()> {
        let sequences = self.wreck.sequences();
        recovery::clear(self.db)?;
        let mut contacts = 0;
        for table in recovery::TABLES {
            let given_out =
                sequences.iter().find(|(name, _)| name == table.name).map_or(0, |(_, last)| *last);
            let mut tale = SalvagedTable { table: table.name, rows: 0, refused: 0, whole: false };
            let wreck = self.wreck;
            tale.whole = wreck.rows(table, given_out.max(contacts), |row| {
                let count = match self.put(table, row)? {
                    Put::Done => &mut tale.rows,
                    Put::Refused => &mut tale.refused,
                    Put::There => return Ok(()),
                };
                *count = count.saturating_add(1);
                Ok(())
            })?;
            if table.name == "contact" {
                self.report.contacts = tale.rows;
                contacts = db::contact::last_id(self.db)?;
            }
            self.report.tables.push(tale);
        }
        if self.report.tables.iter().all(|table| table.rows == 0) {
            return Err(Error::Damaged { what: "nothing can be read of the book", source: None });
        }
        // A book has a tenant at least.
        if self.report.tables.iter().all(|table| table.table != "tenant" || table.rows == 0) {
            self.parent(Parent::Tenant, 1)?;
        }
        for (table, last) in sequences {
            recovery::raise(self.db, &table, last)?;
        }
        Ok(())
    }

    /// If anything is lost or altered, the log of changes no longer tells how the book came to be what it is: it begins anew, and
    /// whoever follows it is told to read everything, also who had read all of it: a number is left out.
    fn close_log(&self) -> Result<()> {
        let lost = |table: &SalvagedTable| !table.whole || table.refused > 0;
        if self.altered.is_empty() && !self.report.tables.iter().any(lost) {
            return Ok(());
        }
        let given_out = self.wreck.sequences().into_iter().find(|(name, _)| name == "change");
        let last = db::changes::last(self.db)?.max(given_out.map_or(0, |(_, last)| last)).saturating_add(1);
        recovery::raise(self.db, "change", last)?;
        db::changes::forget(self.db, last)?;
        Ok(())
    }

    /// Copies a row, and makes up what it cannot do without.
    fn put(&mut self, table: &Table, mut row: Row) -> Result<Put> {
        for (kind, column) in
            [(Parent::Tenant, "tenant"), (Parent::Network, "network"), (Parent::Advisor, "advisor")]
        {
            // A contact of no tenant is shared; what an advisor has is not worth making one up, but for a link.
            let wanted = match kind {
                Parent::Tenant => table.name != "change" && table.name != "event",
                Parent::Network => table.name == "contact",
                Parent::Advisor => table.name == "link",
            };
            if let Some(id) = row.number(table, column).filter(|_| wanted) {
                self.parent(kind, id)?;
            }
        }
        let contact = match table.name {
            "contact" => row.number(table, "id"),
            _ => row.number(table, "contact"),
        };
        let mut as_written = row.as_written;
        if table.name == "contact" {
            let fresh = || self.inner.ids.next(self.inner.now());
            let (survivor, changed) = recovery::mend(self.db, table, &mut row, fresh)?;
            as_written &= !changed;
            self.merged.extend(contact.zip(survivor));
        }
        let done = recovery::insert(self.db, table, &mut row)?;
        if done == Put::Done && !as_written {
            self.altered.extend(contact);
        }
        Ok(done)
    }

    fn parent(&mut self, kind: Parent, id: i64) -> Result<()> {
        let made = recovery::make_parent(self.db, kind, id, || self.inner.ids.next(self.inner.now()))?;
        self.report.made_up = self.report.made_up.saturating_add(u64::from(made));
        Ok(())
    }

    /// Makes what is made of the contacts: their places in lists, what they are found by, what they alone may have.
    fn derive(&mut self) -> Result<()> {
        let db = self.db;
        let mut lost_survivors = Vec::new();
        for (id, survivor) in std::mem::take(&mut self.merged) {
            if !recovery::merge_into(db, id, survivor)? {
                lost_survivors.push(id);
            }
        }
        self.altered.extend(lost_survivors);
        let orders = Orders::read(self.inner, db)?;
        let mut after = 0;
        loop {
            let slice = db::contact::slice(db, after, crate::operations::maintenance::admin::SLICE)?;
            let Some(last) = slice.last() else { break };
            after = last.id;
            self.derive_slice(&orders, &slice)?;
        }
        Ok(recovery::finish(db)?)
    }

    fn derive_slice(&mut self, orders: &Orders, slice: &[db::contact::Stored]) -> Result<()> {
        let db = self.db;
        let (mut sorted, mut entries) = (Vec::new(), Vec::new());
        for stored in slice {
            let key = sort_key(&orders.collator, &stored.contact);
            let place = orders.wanted(key, &stored.contact, stored.id);
            db::contact::set_place(db, stored.id, &place)?;
            sorted.extend(db::sort_index::entries_anew(db, stored)?);
            db::contact_methods::insert(db, stored.id, &stored.contact)?;
            if stored.contact.trashed_at.is_none() {
                self.claim(stored)?;
            }
            let scopes = scopes_of(stored, &db::entries::advisors_of(db, stored.id)?);
            for (generation, key) in place.keys() {
                entries.extend(scopes.iter().map(|scope| (scope.of(generation), key.to_vec(), stored.id)));
            }
        }
        db::sort_index::enter(db, sorted)?;
        let mut tally = Tally::default();
        tally.enter_sorted(db, entries)?;
        tally.write(db, orders)
    }

    /// What another contact has by now stays its own.
    fn claim(&mut self, stored: &db::contact::Stored) -> Result<()> {
        let (_, policy) = db::directory::network(self.db, &stored.contact.network)?;
        for key in claims(&stored.contact, &policy, stored.network, stored.group) {
            if db::unique_values::holder(self.db, stored.tenant.unwrap_or(0), &key)?.is_some() {
                self.altered.push(stored.id);
            } else {
                db::unique_values::claim(self.db, stored.tenant, stored.id, &[key])?;
            }
        }
        Ok(())
    }

    /// Which contacts are lost, and which are not as they were.
    fn tell(mut self) -> Result<Salvaged> {
        let report = &mut self.report;
        self.altered.sort_unstable();
        self.altered.dedup();
        report.altered = u64::try_from(self.altered.len()).unwrap_or(u64::MAX);
        for id in self.altered.into_iter().take(TOLD) {
            report.altered_contacts.extend(db::contact::one(self.db, id)?.map(|stored| stored.contact.id));
        }
        for id in self.wreck.public_ids().into_iter().map(ContactId) {
            if db::contact::local_id(self.db, id)?.is_none() {
                report.lost = report.lost.saturating_add(1);
                if report.lost_contacts.len() < TOLD {
                    report.lost_contacts.push(id);
                }
            }
        }
        Ok(self.report)
    }
}

#[cfg(test)]
mod tests {
    use super::{Salvaged, SalvagedTable};

    #[test]
    fn whatever_is_missing_it_is_not_whole() {
        let table = |refused, whole| SalvagedTable { table: "contact", rows: 1, refused, whole };
        let whole = Salvaged { contacts: 1, tables: vec![table(0, true); 2], ..Salvaged::default() };
        assert!(whole.is_whole());
        let with = |table| Salvaged { tables: vec![table, whole.tables[0].clone()], ..whole.clone() };
        for not in [
            Salvaged { lost: 1, ..whole.clone() },
            Salvaged { altered: 1, ..whole.clone() },
            Salvaged { made_up: 1, ..whole.clone() },
            with(table(1, true)),
            with(table(0, false)),
        ] {
            assert!(!not.is_whole(), "{not:?}");
        }
    }
}
