//! Reports to the service manager (systemd) that started the program, by the protocol of `sd_notify`.

/// Sends a state, such as `READY=1`, to the socket that `NOTIFY_SOCKET` names. Without one, or if the manager does not listen, nothing
/// happens: the server works without a manager.
pub(super) fn notify(state: &str) {
    #[cfg(unix)]
    if let Some(socket) = std::env::var_os("NOTIFY_SOCKET") {
        let _ = send(&socket, state.as_bytes());
    }
    #[cfg(not(unix))]
    let _ = state;
}

#[cfg(unix)]
fn send(socket: &std::ffi::OsStr, state: &[u8]) -> std::io::Result<usize> {
    let sender = std::os::unix::net::UnixDatagram::unbound()?;
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::SocketAddrExt as _;
        use std::os::unix::ffi::OsStrExt as _;
        use std::os::unix::net::SocketAddr;
        // A name that begins with @ is one of no file.
        if let Some(name) = socket.as_bytes().strip_prefix(b"@") {
            return sender.send_to_addr(state, &SocketAddr::from_abstract_name(name)?);
        }
    }
    sender.send_to(state, socket)
}
