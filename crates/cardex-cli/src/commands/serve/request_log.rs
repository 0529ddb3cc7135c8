//! A line for each answered request. It has nothing of a person: the path as the API documents it, never its values, the query or a
//! body.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread;
use std::time::Duration;

use cardex::{Clock as _, SystemClock, Timestamp};
use clap::ValueEnum;
use http::{Method, StatusCode};
use serde_json::json;

/// Lines that wait for a slow reader. Further ones are dropped and counted, so that no request waits.
const WAITING_LINES: usize = 1024;

/// The longest time in which the last lines are written at the end.
const LAST_LINES: Duration = Duration::from_secs(1);

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// Words separated by blanks
    Text,
    /// A JSON object on each line
    Json,
}

/// An answered request.
#[derive(Debug)]
pub(super) struct Line {
    time: Timestamp,
    method: &'static str,
    /// The path with parameters in braces. None for an unknown path.
    route: Option<&'static str>,
    status: StatusCode,
    duration: Duration,
    bytes: u64,
}

impl Line {
    pub(super) fn new(
        method: &Method,
        route: Option<&'static str>,
        status: StatusCode,
        duration: Duration,
        bytes: u64,
    ) -> Self {
        Self { time: SystemClock.now(), method: known_method(method), route, status, duration, bytes }
    }

    fn format(&self, format: LogFormat) -> String {
        let (time, method, status, bytes) = (self.time, self.method, self.status.as_u16(), self.bytes);
        let micros = self.duration.as_micros();
        let duration = format!("{}.{:03}", micros / 1000, micros % 1000);
        match format {
            LogFormat::Text => {
                let route = self.route.unwrap_or("-");
                format!("{time} {method} {route} {status} {duration} ms {bytes} bytes")
            }
            LogFormat::Json => {
                let (time, route) = (json!(time.to_string()), json!(self.route));
                format!(
                    r#"{{"time":{time},"method":"{method}","route":{route},"status":{status},"ms":{duration},"bytes":{bytes}}}"#
                )
            }
        }
    }
}

/// A method of HTTP. A caller could write anything into another one.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

/// The log of a server. A thread of its own writes the lines to standard output.
#[derive(Debug, Clone)]
pub(super) struct RequestLog {
    /// The lines to write. `None` stops the thread.
    lines: SyncSender<Option<Line>>,
    dropped: Arc<AtomicU64>,
}

/// The thread that writes.
#[derive(Debug)]
pub(super) struct LogWriter {
    log: RequestLog,
    ended: Receiver<()>,
}

impl RequestLog {
    pub(super) fn start(format: LogFormat) -> io::Result<(Self, LogWriter)> {
        let mut output = standard_output()?;
        let (lines, waiting) = mpsc::sync_channel::<Option<Line>>(WAITING_LINES);
        let (end, ended) = mpsc::sync_channel(1);
        thread::spawn(move || {
            for line in waiting.into_iter().map_while(|line| line) {
                // A closed output ends the log, not the server.
                if output.write_all(format!("{}\n", line.format(format)).as_bytes()).is_err() {
                    break;
                }
            }
            let _ = end.send(());
        });
        let log = Self { lines, dropped: Arc::default() };
        Ok((log.clone(), LogWriter { log, ended }))
    }

    pub(super) fn write(&self, line: Line) {
        if let Err(TrySendError::Full(_)) = self.lines.try_send(Some(line)) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Standard output without its lock, which the command holds until it ends.
fn standard_output() -> io::Result<File> {
    #[cfg(unix)]
    let output = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?;
    #[cfg(windows)]
    let output = std::os::windows::io::AsHandle::as_handle(&io::stdout()).try_clone_to_owned()?;
    Ok(File::from(output))
}

impl LogWriter {
    /// Waits until the lines are written, for a short time at most. Returns how many lines were dropped.
    pub(super) fn finish(self) -> u64 {
        if self.log.lines.try_send(None).is_ok() {
            let _ = self.ended.recv_timeout(LAST_LINES);
        }
        self.log.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_no_words_of_callers() {
        let line = |method: &str, route| Line {
            time: Timestamp(1_700_000_000_123),
            ..Line::new(&method.parse().unwrap(), route, StatusCode::OK, Duration::from_micros(1_050), 12)
        };
        let known = line("GET", Some("/v1/contacts/{contactId}"));
        assert_eq!(
            known.format(LogFormat::Text),
            "2023-11-14T22:13:20.123Z GET /v1/contacts/{contactId} 200 1.050 ms 12 bytes"
        );
        let value: serde_json::Value = serde_json::from_str(&known.format(LogFormat::Json)).unwrap();
        let expected = json!({
            "time": "2023-11-14T22:13:20.123Z", "method": "GET", "route": "/v1/contacts/{contactId}", "status": 200,
            "ms": 1.05, "bytes": 12,
        });
        assert_eq!(value, expected);
        let unknown = line("JOHN", None);
        assert_eq!(unknown.format(LogFormat::Text), "2023-11-14T22:13:20.123Z OTHER - 200 1.050 ms 12 bytes");
        assert!(unknown.format(LogFormat::Json).contains(r#""route":null"#));
    }
}
