//! A file system that records all calls and fails on request. It wraps five file calls and two folder calls of SQLite's
//! own file system.
//!
//! It is the default file system of this test binary. It records files in watched folders and ignores all others.

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use rusqlite::ffi;

/// One recorded call, with the name of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Op {
    Create(String),
    Write(String, u64, Vec<u8>),
    Truncate(String, u64),
    Sync(String),
    /// The flag says whether the folder was flushed.
    Delete(String, bool),
    /// A file was renamed by the program, not through SQLite. It is flushed before.
    Named {
        from: String,
        to: String,
    },
    /// Not a disk call: the number of steps that the workload has completed.
    Mark(usize),
}

/// The call that fails, and its error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    /// The number of calls before the failing one.
    pub(crate) after: usize,
    /// Whether all later calls fail too.
    pub(crate) for_good: bool,
    pub(crate) code: c_int,
}

#[derive(Debug, Default)]
struct Disk {
    log: Vec<Op>,
    calls: usize,
    fault: Option<Fault>,
    /// The number of failed calls.
    failed: usize,
    /// Whether flushes are skipped.
    lies: bool,
}

#[derive(Default)]
struct State {
    disks: HashMap<PathBuf, Disk>,
    /// Open files by the address of SQLite's file object.
    files: HashMap<usize, (PathBuf, String)>,
}

static STATE: Mutex<Option<State>> = Mutex::new(None);

fn state() -> MutexGuard<'static, Option<State>> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder whose files are recorded until this value is dropped.
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

    /// Lets a later call fail, counted from now.
    pub(crate) fn fail(&self, fault: Option<Fault>) {
        self.with(|disk| (disk.calls, disk.failed, disk.fault) = (0, 0, fault));
    }

    /// The number of calls since [`Watched::fail`], and of failed ones.
    pub(crate) fn calls(&self) -> (usize, usize) {
        self.with(|disk| (disk.calls, disk.failed))
    }

    /// Records that the library has put its last partial file in the place of another file, and has flushed the folder.
    #[allow(dead_code)] // only the binary of encryption replaces files
    pub(crate) fn replaced(&self, name: &str) {
        // Not the journal of the partial file.
        let is_partial = |known: &str| {
            known.starts_with(&format!("{name}."))
                && Path::new(known).extension().is_some_and(|end| end == "part")
        };
        self.with(|disk| {
            let partial = disk.log.iter().rev().find_map(|op| match op {
                Op::Create(known) if is_partial(known) => Some(known.clone()),
                _ => None,
            });
            disk.log.push(Op::Named { from: partial.unwrap(), to: name.to_owned() });
        });
    }

    pub(crate) fn skip_flushes(&self) {
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

/// Records a call on an open file. Returns an error code if the call must fail.
fn ask(file: *mut ffi::sqlite3_file, op: impl FnOnce(&str) -> Option<Op>) -> Result<(), c_int> {
    let mut state = state();
    let Some(State { disks, files }) = state.as_mut() else { return Ok(()) };
    let Some((folder, name)) = files.get(&(file as usize)) else { return Ok(()) };
    disks.get_mut(folder).map_or(Ok(()), |disk| disk.ask(op(name)))
}

/// Like [`ask`], for a path.
fn ask_at(path: *const c_char, op: impl FnOnce(&str) -> Option<Op>) -> Result<(), c_int> {
    let Some((folder, name)) = place(path) else { return Ok(()) };
    let mut state = state();
    let Some(State { disks, .. }) = state.as_mut() else { return Ok(()) };
    disks.get_mut(&folder).map_or(Ok(()), |disk| disk.ask(op(&name)))
}

/// Whether SQLite creates a file by opening it, or opens an empty one that the library has just created.
fn is_fresh(folder: &Path, name: &str) -> bool {
    let Ok(meta) = folder.join(name).metadata() else { return true };
    let state = state();
    let log = state.as_ref().and_then(|state| state.disks.get(folder)).map(|disk| &disk.log);
    let is_known =
        log.is_some_and(|log| log.iter().any(|op| matches!(op, Op::Create(known) if known == name)));
    meta.len() == 0 && !is_known
}

/// Records that a file was renamed from a partial name.
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

/// The folder and the name of a path.
fn place(path: *const c_char) -> Option<(PathBuf, String)> {
    if path.is_null() {
        return None;
    }
    // SAFETY: SQLite passes paths that end with a zero byte.
    let path = Path::new(unsafe { CStr::from_ptr(path) }.to_str().ok()?);
    Some((path.parent()?.canonicalize().ok()?, path.file_name()?.to_str()?.to_owned()))
}

/// SQLite's own file system.
struct OriginalVfs {
    vfs: *mut ffi::sqlite3_vfs,
    /// The original call table of each replaced one, by the address of the replacement.
    tables: Mutex<Vec<(usize, &'static ffi::sqlite3_io_methods)>>,
}

// SAFETY: SQLite's file system can be called from any thread and never changes.
unsafe impl Sync for OriginalVfs {}
// SAFETY: as above.
unsafe impl Send for OriginalVfs {}

static ORIGINAL: std::sync::OnceLock<OriginalVfs> = std::sync::OnceLock::new();

fn original() -> &'static OriginalVfs {
    ORIGINAL.get().unwrap()
}

fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the default file system lives as long as the process, and so does the copy, which is leaked.
        unsafe {
            let own = ffi::sqlite3_vfs_find(std::ptr::null());
            let _ = ORIGINAL.set(OriginalVfs { vfs: own, tables: Mutex::default() });
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

/// The original call table of a file.
fn own(file: *mut ffi::sqlite3_file) -> &'static ffi::sqlite3_io_methods {
    // SAFETY: the call table of an open file is one of the leaked replacements.
    let table = unsafe { (*file).pMethods } as usize;
    let tables = original().tables.lock().unwrap_or_else(PoisonError::into_inner);
    let (of, _) = tables.iter().find(|(_, ours)| std::ptr::from_ref(*ours) as usize == table).unwrap();
    // SAFETY: the call tables of SQLite's files are constants.
    unsafe { &*(*of as *const ffi::sqlite3_io_methods) }
}

fn ours(own: *const ffi::sqlite3_io_methods) -> &'static ffi::sqlite3_io_methods {
    let mut tables = original().tables.lock().unwrap_or_else(PoisonError::into_inner);
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
    let fresh = at.as_ref().is_some_and(|(folder, name)| is_fresh(folder, name));
    if !fresh && let Some((folder, name)) = &at {
        named(folder, name);
    }
    if let Err(code) = ask_at(path, |name| fresh.then(|| Op::Create(name.to_owned()))) {
        // SAFETY: SQLite requires that a file that was not opened has no call table.
        unsafe { (*file).pMethods = std::ptr::null() };
        return code;
    }
    // SAFETY: the arguments are those of SQLite.
    let code = unsafe { (*original().vfs).xOpen.unwrap()(original().vfs, path, file, flags, got) };
    // SAFETY: the call above has initialized the file.
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
    // SAFETY: the arguments are those of SQLite.
    unsafe { (*original().vfs).xDelete.unwrap()(original().vfs, path, flush) }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let own = own(file);
    if let Some(state) = state().as_mut() {
        state.files.remove(&(file as usize));
    }
    // SAFETY: the file belongs to SQLite's file system.
    unsafe { own.xClose.unwrap()(file) }
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, to: *mut c_void, bytes: c_int, at: i64) -> c_int {
    match ask(file, |_| None) {
        // A full disk is readable.
        Err(code) if code != ffi::SQLITE_FULL => ffi::SQLITE_IOERR_READ,
        // SAFETY: the arguments are those of SQLite.
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
        // SAFETY: SQLite passes the number of bytes.
        let data = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), usize::try_from(bytes).unwrap()) };
        data.to_vec()
    };
    let op = |name: &str| Some(Op::Write(name.to_owned(), u64::try_from(at).unwrap(), data()));
    match ask(file, op) {
        Err(code) => code,
        // SAFETY: the arguments are those of SQLite.
        Ok(()) => unsafe { own(file).xWrite.unwrap()(file, from, bytes, at) },
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, bytes: i64) -> c_int {
    let op = |name: &str| Some(Op::Truncate(name.to_owned(), u64::try_from(bytes).unwrap()));
    match ask(file, op) {
        Err(code) => code,
        // SAFETY: the arguments are those of SQLite.
        Ok(()) => unsafe { own(file).xTruncate.unwrap()(file, bytes) },
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    match ask(file, |name| Some(Op::Sync(name.to_owned()))) {
        Err(ffi::SQLITE_FULL) => ffi::SQLITE_FULL,
        Err(_) => ffi::SQLITE_IOERR_FSYNC,
        // SAFETY: the arguments are those of SQLite. The files do not outlive the process, so no real flush is
        // necessary.
        Ok(()) => {
            let _ = flags;
            ffi::SQLITE_OK
        }
    }
}
