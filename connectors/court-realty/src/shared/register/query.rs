/// Who is asked about, and by which rule of section 6.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RegisterQuery<'a> {
    pub(crate) name: &'a str,
    pub(crate) number: &'a str,
    /// By name or number; else by both.
    pub(crate) is_either: bool,
}

impl<'a> RegisterQuery<'a> {
    /// By name and number.
    pub(crate) const fn exactly(name: &'a str, number: &'a str) -> Self {
        Self { name, number, is_either: false }
    }
}
