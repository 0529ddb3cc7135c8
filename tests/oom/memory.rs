//! SQLite's own allocator, with a countdown a thread: when it is over, there is no memory, once or for good.

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::sync::{Once, OnceLock};

use rusqlite::ffi;

thread_local! {
    /// Allocations that go well before one does not; `None`: all do.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
    static FOR_GOOD: Cell<bool> = const { Cell::new(false) };
    static REFUSED: Cell<usize> = const { Cell::new(0) };
}

/// Lets allocations of this thread fail after so many: one, or all from then on.
pub(crate) fn refuse(after: usize, for_good: bool) {
    LEFT.set(Some(after));
    FOR_GOOD.set(for_good);
    REFUSED.set(0);
}

/// Ends that, and tells how many were refused.
pub(crate) fn allow() -> usize {
    LEFT.set(None);
    REFUSED.get()
}

/// The allocations of this thread while something is done.
pub(crate) fn count<T>(work: impl FnOnce() -> T) -> (usize, T) {
    refuse(usize::MAX, true);
    let done = work();
    let left = LEFT.get();
    allow();
    (usize::MAX - left.unwrap_or_default(), done)
}

fn refused() -> bool {
    match LEFT.get() {
        None => false,
        Some(0) => {
            if !FOR_GOOD.get() {
                LEFT.set(None);
            }
            REFUSED.set(REFUSED.get() + 1);
            true
        }
        Some(left) => {
            LEFT.set(Some(left - 1));
            false
        }
    }
}

type Malloc = unsafe extern "C" fn(c_int) -> *mut c_void;
type Realloc = unsafe extern "C" fn(*mut c_void, c_int) -> *mut c_void;

/// What takes and changes memory when nothing is refused.
static OWN: OnceLock<(Malloc, Realloc)> = OnceLock::new();

/// Takes the place of SQLite's allocator, before the first connection. Small memory is asked of it too, not of a store that each
/// connection has beside it.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: nothing of SQLite runs yet, and the table it is given is copied by it.
        unsafe {
            let mut own = std::mem::zeroed::<ffi::sqlite3_mem_methods>();
            let code = ffi::sqlite3_config(ffi::SQLITE_CONFIG_GETMALLOC, &raw mut own);
            assert_eq!(code, ffi::SQLITE_OK, "the allocator there was");
            let mut ours = own;
            assert!(OWN.set((own.xMalloc.unwrap(), own.xRealloc.unwrap())).is_ok());
            ours.xMalloc = Some(malloc);
            ours.xRealloc = Some(realloc);
            let code = ffi::sqlite3_config(ffi::SQLITE_CONFIG_MALLOC, &raw mut ours);
            assert_eq!(code, ffi::SQLITE_OK, "before the first connection");
            let code = ffi::sqlite3_config(ffi::SQLITE_CONFIG_LOOKASIDE, 0_i32, 0_i32);
            assert_eq!(code, ffi::SQLITE_OK);
        }
    });
}

unsafe extern "C" fn malloc(bytes: c_int) -> *mut c_void {
    if refused() {
        return std::ptr::null_mut();
    }
    // SAFETY: the argument is the one that SQLite gave.
    unsafe { OWN.get().unwrap().0(bytes) }
}

unsafe extern "C" fn realloc(memory: *mut c_void, bytes: c_int) -> *mut c_void {
    if refused() {
        return std::ptr::null_mut();
    }
    // SAFETY: the arguments are those that SQLite gave.
    unsafe { OWN.get().unwrap().1(memory, bytes) }
}
