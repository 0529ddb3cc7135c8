//! An HTTP/1.1 server. One thread does all input and output; each call runs on a thread of a bounded pool.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::commands::serve::exchange::{REQUEST_TIMEOUT, Server};
use crate::commands::serve::service_manager::notify;
use crate::failure::{CommandResult, Failure};

/// The longest time that running calls may take after a signal.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// The number of calls at a time. The store allows one writer, and as many readers as it has connections.
const MAX_CONCURRENT_CALLS: usize = 16;

/// Answers requests until a signal ends it. Calls `ready` with the address of the listener.
pub(super) fn run(
    server: Server,
    listen: SocketAddr,
    ready: impl FnOnce(SocketAddr) -> io::Result<()>,
) -> CommandResult {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_io().enable_time().max_blocking_threads(MAX_CONCURRENT_CALLS).build();
    let runtime = runtime.map_err(cardex::Error::from)?;
    let ended: CommandResult = runtime.block_on(async {
        let busy = |error: io::Error| Failure::OnItem(listen.to_string(), error.into());
        let listener = TcpListener::bind(listen).await.map_err(busy)?;
        // A signal that comes right after the start ends the server too.
        let stop = StopSignal::new().map_err(cardex::Error::from)?;
        ready(listener.local_addr().map_err(cardex::Error::from)?)?;
        notify("READY=1");
        accept(Arc::new(server), listener, stop).await;
        Ok(())
    });
    // A call that still runs is aborted. Its write is atomic.
    runtime.shutdown_background();
    ended
}

async fn accept(server: Arc<Server>, listener: TcpListener, mut stop: StopSignal) {
    let connections = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.received() => break,
        };
        let Ok((stream, _)) = accepted else {
            // The process has no free descriptor, or the client closed already. Both can pass.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let server = Arc::clone(&server);
        let service = service_fn(move |request| Server::handle(Arc::clone(&server), request));
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(REQUEST_TIMEOUT);
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        // The client sees the failure of its connection.
        tokio::spawn(async move { drop(connection.await) });
    }
    drop(listener);
    notify("STOPPING=1");
    let _ = timeout(SHUTDOWN_TIMEOUT, connections.shutdown()).await;
}

/// SIGINT and SIGTERM.
#[cfg(unix)]
struct StopSignal {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignal {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
struct StopSignal;

#[cfg(not(unix))]
impl StopSignal {
    #[allow(clippy::unnecessary_wraps)] // same signature as on Unix
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn received(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
