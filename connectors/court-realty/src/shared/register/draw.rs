use chakong_toolkit::script::derived;

/// Numbers drawn from a seed: SplitMix64, so that one seed gives the same register everywhere and for ever.
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

impl Draw {
    /// The numbers of a seed and a text.
    pub(super) fn of(seed: u64, text: &str) -> Self {
        let hash = derived(text);
        Self(hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One from 0 to below a bound; 0 where the bound is 0.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let drawn = self.next().checked_rem(u64::from(bound)).unwrap_or(0);
        u32::try_from(drawn).unwrap_or(0)
    }

    /// Whether something of so many percent happens.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of a list.
    pub(super) fn one_of<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        let at = self.below(u32::try_from(list.len()).unwrap_or(u32::MAX));
        list.get(at as usize).cloned()
    }
}
