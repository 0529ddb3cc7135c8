//! SQLite's own allocator with a countdown for each thread. At zero, one allocation or all later ones fail.

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::sync::{Once, OnceLock};

use rusqlite::ffi;

thread_local! {
    /// Allocations before the first failing one; `None`: none fails.
    static REMAINING: Cell<Option<usize>> = const { Cell::new(None) };
    static FAIL_REPEATEDLY: Cell<bool> = const { Cell::new(false) };
    static REFUSED: Cell<usize> = const { Cell::new(0) };
}

/// Lets allocations of this thread fail after this number: one, or all later ones.
pub(crate) fn refuse(after: usize, for_good: bool) {
    REMAINING.set(Some(after));
    FAIL_REPEATEDLY.set(for_good);
    REFUSED.set(0);
}

/// Stops failing. Returns the number of failed allocations.
pub(crate) fn allow() -> usize {
    REMAINING.set(None);
    REFUSED.get()
}

/// The number of allocations of this thread during `work`.
pub(crate) fn count<T>(work: impl FnOnce() -> T) -> (usize, T) {
    refuse(usize::MAX, true);
    let done = work();
    let left = REMAINING.get();
    allow();
    (usize::MAX - left.unwrap_or_default(), done)
}

fn refused() -> bool {
    match REMAINING.get() {
        None => false,
        Some(0) => {
            if !FAIL_REPEATEDLY.get() {
                REMAINING.set(None);
            }
            REFUSED.set(REFUSED.get() + 1);
            true
        }
        Some(left) => {
            REMAINING.set(Some(left - 1));
            false
        }
    }
}

type Malloc = unsafe extern "C" fn(c_int) -> *mut c_void;
type Realloc = unsafe extern "C" fn(*mut c_void, c_int) -> *mut c_void;

/// The original functions of SQLite's allocator.
static OWN: OnceLock<(Malloc, Realloc)> = OnceLock::new();

/// Replaces SQLite's allocator before the first connection. Lookaside memory is disabled, so that small allocations are
/// counted too.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: SQLite is not initialized yet, and it copies the table.
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
    // SAFETY: the argument is the one of SQLite.
    unsafe { OWN.get().unwrap().0(bytes) }
}

unsafe extern "C" fn realloc(memory: *mut c_void, bytes: c_int) -> *mut c_void {
    if refused() {
        return std::ptr::null_mut();
    }
    // SAFETY: the arguments are those of SQLite.
    unsafe { OWN.get().unwrap().1(memory, bytes) }
}
