//! A disk that remembers what it was told and fails when asked to: SQLite's own file system, with five calls of a file and
//! two of a folder looked at on their way.
//!
//! It is the default of this test binary. Files in a folder that somebody watches are recorded; all others pass through.

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use rusqlite::ffi;

/// One thing the disk was told, by the file's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Op {
    Create(String),
    Write(String, u64, Vec<u8>),
    Truncate(String, u64),
    Sync(String),
    /// With whether the folder was flushed with it.
    Delete(String, bool),
    /// A file was given another name, which the program does itself and SQLite finds done. It is flushed by then.
    Named {
        from: String,
        to: String,
    },
    /// Not the disk's: what the workload had done by then.
    Mark(usize),
}

/// Which call fails, and with what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    /// The calls before it go well.
    pub(crate) after: usize,
    /// All calls from then on, or this one alone.
    pub(crate) for_good: bool,
    pub(crate) code: c_int,
}

#[derive(Debug, Default)]
struct Disk {
    log: Vec<Op>,
    calls: usize,
    fault: Option<Fault>,
    /// How often it failed.
    failed: usize,
    /// Flushes are not carried out: the disk lies.
    lies: bool,
}

#[derive(Default)]
struct State {
    disks: HashMap<PathBuf, Disk>,
    /// Open files by the address SQLite knows them by.
    files: HashMap<usize, (PathBuf, String)>,
}

static STATE: Mutex<Option<State>> = Mutex::new(None);

fn state() -> MutexGuard<'static, Option<State>> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder whose files are recorded until this is dropped.
#[derive(Debug)]
pub(crate) struct Watched(PathBuf);

impl Watched {
    pub(crate) fn new(folder: &Path) -> Self {
        register();
        let folder = folder.canonicalize().unwrap();
        state().get_or_insert_with(State::default).disks.insert(folder.clone(), Disk::default());
        Self(folder)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Disk) -> T) -> T {
        work(state().as_mut().unwrap().disks.get_mut(&self.0).unwrap())
    }

    pub(crate) fn mark(&self, done: usize) {
        self.with(|disk| disk.log.push(Op::Mark(done)));
    }

    pub(crate) fn log(&self) -> Vec<Op> {
        self.with(|disk| disk.log.clone())
    }

    /// Lets a call fail, counted from now on.
    pub(crate) fn fail(&self, fault: Option<Fault>) {
        self.with(|disk| (disk.calls, disk.failed, disk.fault) = (0, 0, fault));
    }

    /// Calls that could fail, since [`Watched::fail`], and those that did.
    pub(crate) fn calls(&self) -> (usize, usize) {
        self.with(|disk| (disk.calls, disk.failed))
    }

    pub(crate) fn lie(&self) {
        self.with(|disk| disk.lies = true);
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(state) = state().as_mut() {
            state.disks.remove(&self.0);
        }
    }
}

/// Tells the disk of a file that something is asked of it; an error code if that is to fail.
fn ask(file: *mut ffi::sqlite3_file, op: impl FnOnce(&str) -> Option<Op>) -> Result<(), c_int> {
    let mut state = state();
    let Some(State { disks, files }) = state.as_mut() else { return Ok(()) };
    let Some((folder, name)) = files.get(&(file as usize)) else { return Ok(()) };
    disks.get_mut(folder).map_or(Ok(()), |disk| disk.ask(op(name)))
}

/// The same of a path.
fn ask_at(path: *const c_char, op: impl FnOnce(&str) -> Option<Op>) -> Result<(), c_int> {
    let Some((folder, name)) = place(path) else { return Ok(()) };
    let mut state = state();
    let Some(State { disks, .. }) = state.as_mut() else { return Ok(()) };
    disks.get_mut(&folder).map_or(Ok(()), |disk| disk.ask(op(&name)))
}

/// Notes that a file which is there had another name when it was written: the library's own, that begins with this one.
fn named(folder: &Path, name: &str) {
    let mut state = state();
    let Some(disk) = state.as_mut().and_then(|state| state.disks.get_mut(folder)) else { return };
    let names = |op: &Op, name: &str| match op {
        Op::Create(known) => known == name,
        Op::Named { to, .. } => to == name,
        _ => false,
    };
    if disk.log.iter().any(|op| names(op, name)) {
        return;
    }
    let partial = disk.log.iter().find_map(|op| match op {
        Op::Create(known) if known.starts_with(&format!("{name}.")) => Some(known.clone()),
        _ => None,
    });
    disk.log.extend(partial.map(|from| Op::Named { from, to: name.to_owned() }));
}

impl Disk {
    fn ask(&mut self, op: Option<Op>) -> Result<(), c_int> {
        let call = self.calls;
        self.calls += 1;
        let hits = |fault: &Fault| if fault.for_good { call >= fault.after } else { call == fault.after };
        if let Some(fault) = self.fault.filter(hits) {
            self.failed += 1;
            return Err(fault.code);
        }
        let lost = self.lies && matches!(op, Some(Op::Sync(_)));
        self.log.extend(op.filter(|_| !lost));
        Ok(())
    }
}

/// The folder and name of a path.
fn place(path: *const c_char) -> Option<(PathBuf, String)> {
    if path.is_null() {
        return None;
    }
    // SAFETY: SQLite hands over paths that end with a zero byte.
    let path = Path::new(unsafe { CStr::from_ptr(path) }.to_str().ok()?);
    Some((path.parent()?.canonicalize().ok()?, path.file_name()?.to_str()?.to_owned()))
}

/// The calls of SQLite's own files and folders.
struct Inner {
    vfs: *mut ffi::sqlite3_vfs,
    /// What its files can do, by the table SQLite would call; and the table that is called instead.
    tables: Mutex<Vec<(usize, &'static ffi::sqlite3_io_methods)>>,
}

// SAFETY: the file system is SQLite's, made to be called from any thread; it is never changed.
unsafe impl Sync for Inner {}
// SAFETY: as above.
unsafe impl Send for Inner {}

static INNER: std::sync::OnceLock<Inner> = std::sync::OnceLock::new();

fn inner() -> &'static Inner {
    INNER.get().unwrap()
}

fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the default file system lives as long as the process, and so does the copy, which is leaked.
        unsafe {
            let own = ffi::sqlite3_vfs_find(std::ptr::null());
            let _ = INNER.set(Inner { vfs: own, tables: Mutex::default() });
            let mut vfs = *own;
            let name = CString::new("watched").unwrap();
            vfs.zName = name.into_raw();
            vfs.xOpen = Some(open);
            vfs.xDelete = Some(delete);
            let code = ffi::sqlite3_vfs_register(Box::leak(Box::new(vfs)), 1);
            assert_eq!(code, ffi::SQLITE_OK);
        }
    });
}

/// What a file of SQLite's own could do before its table was exchanged.
fn own(file: *mut ffi::sqlite3_file) -> &'static ffi::sqlite3_io_methods {
    // SAFETY: an open file's table is one of ours, and those are leaked.
    let table = unsafe { (*file).pMethods } as usize;
    let tables = inner().tables.lock().unwrap_or_else(PoisonError::into_inner);
    let (of, _) = tables.iter().find(|(_, ours)| std::ptr::from_ref(*ours) as usize == table).unwrap();
    // SAFETY: the tables of SQLite's own files are constants of its.
    unsafe { &*(*of as *const ffi::sqlite3_io_methods) }
}

fn ours(own: *const ffi::sqlite3_io_methods) -> &'static ffi::sqlite3_io_methods {
    let mut tables = inner().tables.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, ours)) = tables.iter().find(|(of, _)| *of == own as usize) {
        return ours;
    }
    // SAFETY: a table is plain data.
    let mut table = unsafe { *own };
    table.xClose = Some(close);
    table.xRead = Some(read);
    table.xWrite = Some(write);
    table.xTruncate = Some(truncate);
    table.xSync = Some(sync);
    let table = Box::leak(Box::new(table));
    tables.push((own as usize, table));
    table
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    got: *mut c_int,
) -> c_int {
    let at = place(path);
    let fresh = at.as_ref().is_some_and(|(folder, name)| !folder.join(name).exists());
    if !fresh && let Some((folder, name)) = &at {
        named(folder, name);
    }
    if let Err(code) = ask_at(path, |name| fresh.then(|| Op::Create(name.to_owned()))) {
        // SAFETY: SQLite asks that a file which was not opened has no table.
        unsafe { (*file).pMethods = std::ptr::null() };
        return code;
    }
    // SAFETY: the arguments are those that SQLite gave.
    let code = unsafe { (*inner().vfs).xOpen.unwrap()(inner().vfs, path, file, flags, got) };
    // SAFETY: the call above has filled the file in.
    unsafe {
        if code == ffi::SQLITE_OK && !(*file).pMethods.is_null() {
            (*file).pMethods = ours((*file).pMethods);
            if let (Some(at), Some(state)) = (at, state().as_mut()) {
                state.files.insert(file as usize, at);
            }
        }
    }
    code
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, path: *const c_char, flush: c_int) -> c_int {
    if let Err(code) = ask_at(path, |name| Some(Op::Delete(name.to_owned(), flush != 0))) {
        return code;
    }
    // SAFETY: the arguments are those that SQLite gave.
    unsafe { (*inner().vfs).xDelete.unwrap()(inner().vfs, path, flush) }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let own = own(file);
    if let Some(state) = state().as_mut() {
        state.files.remove(&(file as usize));
    }
    // SAFETY: the file is one of SQLite's own.
    unsafe { own.xClose.unwrap()(file) }
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, to: *mut c_void, bytes: c_int, at: i64) -> c_int {
    match ask(file, |_| None) {
        // A disk that is full can still be read.
        Err(code) if code != ffi::SQLITE_FULL => ffi::SQLITE_IOERR_READ,
        // SAFETY: the arguments are those that SQLite gave.
        _ => unsafe { own(file).xRead.unwrap()(file, to, bytes, at) },
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    bytes: c_int,
    at: i64,
) -> c_int {
    let data = || {
        // SAFETY: SQLite gives as many bytes as it says.
        let data = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), usize::try_from(bytes).unwrap()) };
        data.to_vec()
    };
    let op = |name: &str| Some(Op::Write(name.to_owned(), u64::try_from(at).unwrap(), data()));
    match ask(file, op) {
        Err(code) => code,
        // SAFETY: the arguments are those that SQLite gave.
        Ok(()) => unsafe { own(file).xWrite.unwrap()(file, from, bytes, at) },
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, bytes: i64) -> c_int {
    let op = |name: &str| Some(Op::Truncate(name.to_owned(), u64::try_from(bytes).unwrap()));
    match ask(file, op) {
        Err(code) => code,
        // SAFETY: the arguments are those that SQLite gave.
        Ok(()) => unsafe { own(file).xTruncate.unwrap()(file, bytes) },
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    match ask(file, |name| Some(Op::Sync(name.to_owned()))) {
        Err(ffi::SQLITE_FULL) => ffi::SQLITE_FULL,
        Err(_) => ffi::SQLITE_IOERR_FSYNC,
        // SAFETY: the arguments are those that SQLite gave. Nothing here outlives the process: no real flush is needed.
        Ok(()) => {
            let _ = flags;
            ffi::SQLITE_OK
        }
    }
}
