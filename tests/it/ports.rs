//! Ports of loopback for what must be configured before it listens.

/// A port of loopback that is this process's until it ends, for what must be written into a configuration before anything listens,
/// and listens there again after a restart. The system gives it to a socket that is bound and never listens: it gives it to nobody
/// else then, a server may listen there by name, and while none does, connections are refused.
pub fn reserved_port() -> u16 {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("an option");
    socket.bind(std::net::SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
    let port = socket.local_addr().expect("its address").port();
    std::mem::forget(socket);
    port
}
