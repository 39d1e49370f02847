//! A service and what it can be asked to do.

/// A service.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// Its name.
    pub name: &'static str,
    /// Name of its interface.
    pub interface: &'static str,
    /// Its target namespace.
    pub namespace: &'static str,
    /// What it can be asked to do, in the order in which the description lists it.
    pub operations: &'static [Operation],
}

/// Something that a service can be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Its name on the wire.
    pub name: &'static str,
    /// How many texts it needs.
    pub arguments: usize,
}
