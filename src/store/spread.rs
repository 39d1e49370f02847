//! Which process is to hold which lease: even, and the same for everybody who knows the same processes and leases. A process that
//! joins or goes moves hardly more than its own share.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

/// How much a process is drawn to a lease (rendezvous hashing).
fn weight(lease: &str, replica: &str) -> u64 {
    let mut digest = Sha256::new();
    digest.update(lease.as_bytes());
    digest.update([0]);
    digest.update(replica.as_bytes());
    let bytes: [u8; 32] = digest.finalize().into();
    u64::from_be_bytes(bytes[..8].try_into().unwrap_or_default())
}

/// The process for each lease: the one that is drawn to it most and has room. No process has more than its even share, rounded up.
pub(super) fn spread<'a>(
    leases: &BTreeSet<&'a str>,
    replicas: &BTreeSet<&'a str>,
) -> BTreeMap<&'a str, &'a str> {
    let mut owners = BTreeMap::new();
    if replicas.is_empty() {
        return owners;
    }
    let most = leases.len().div_ceil(replicas.len());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    // By how much each pair is drawn together, so that no lease is kept out of its best place by where it stands in the alphabet.
    let mut pairs: Vec<(u64, &'a str, &'a str)> = Vec::with_capacity(leases.len() * replicas.len());
    for lease in leases {
        pairs.extend(replicas.iter().map(|replica| (weight(lease, replica), *lease, *replica)));
    }
    pairs.sort_unstable_by(|one, other| other.cmp(one));
    for (_, lease, replica) in pairs {
        let count = counts.entry(replica).or_default();
        if *count < most && !owners.contains_key(lease) {
            owners.insert(lease, replica);
            *count += 1;
        }
    }
    owners
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(prefix: &str, count: usize) -> Vec<String> {
        (0..count).map(|at| format!("{prefix}{at}")).collect()
    }

    fn set(all: &[String]) -> BTreeSet<&str> {
        all.iter().map(String::as_str).collect()
    }

    proptest! {
        #[test]
        fn every_lease_has_one_process_and_none_has_more_than_its_share(leases in 0_usize..200, replicas in 1_usize..9) {
            let (leases, replicas) = (names("lane/", leases), names("r", replicas));
            let owners = spread(&set(&leases), &set(&replicas));
            prop_assert_eq!(owners.len(), leases.len());
            let most = leases.len().div_ceil(replicas.len());
            for replica in &replicas {
                prop_assert!(owners.values().filter(|owner| *owner == replica).count() <= most);
            }
        }

        #[test]
        fn one_that_goes_moves_little_beside_its_own(leases in 60_usize..200, replicas in 3_usize..9) {
            let (leases, all) = (names("lane/", leases), names("r", replicas));
            let before = spread(&set(&leases), &set(&all));
            let after = spread(&set(&leases), &set(&all[1..]));
            let moved = leases.iter().filter(|lease| before[lease.as_str()] != all[0] && before[lease.as_str()] != after[lease.as_str()]);
            // The even share alone would move no more than this.
            prop_assert!(moved.count() <= leases.len() / 3, "little moves without need");
        }
    }
}
