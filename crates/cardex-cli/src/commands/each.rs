//! One action on each of several items.

use std::fmt::Display;

use serde_json::json;

use crate::failure::{CommandResult, Failure};
use crate::output::Output;

/// Runs `act` on each item. An item that is rejected does not stop the others: each one is a transaction of its own.
///
/// # Errors
/// Returns the last rejection after the others are reported. Any other error is returned at once.
pub(super) fn run_for_each<T: Display>(
    items: &[T],
    done: &str,
    out: &mut Output,
    mut act: impl FnMut(&T) -> cardex::Result<()>,
) -> CommandResult {
    let mut last = None;
    for item in items {
        match act(item) {
            Ok(()) => {
                out.write_result(
                    &json!({ "id": item.to_string(), "done": done }),
                    &format!("{done} {item}"),
                )?;
            }
            Err(error) if error.is_client_error() => {
                if let Some(earlier) = last.replace(Failure::OnItem(item.to_string(), error)) {
                    out.flush()?;
                    earlier.report(out.is_json());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    last.map_or(Ok(()), Err)
}
