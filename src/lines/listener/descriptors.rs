use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::config::ListenerConfig;

/// Descriptors that are kept for the store, the log and the runtime.
const KEPT: u64 = 96;
/// Descriptors that are kept for each counterpart: its file, its folders, its connections.
const KEPT_EACH: u64 = 6;
/// Fewest connections of a listener, however few descriptors there are.
const FEWEST: usize = 8;
/// As many descriptors as are asked of the system, where it gives them.
const WANTED: u64 = 65_536;

/// How many files may be open at once. Raised to what the system allows without asking anybody.
pub fn open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let (current, maximum) = (limit.current.unwrap_or(WANTED), limit.maximum.unwrap_or(WANTED));
    let wanted = maximum.min(WANTED);
    if current < wanted {
        let raised = Rlimit { current: Some(wanted), maximum: limit.maximum };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            return wanted;
        }
    }
    current
}

/// The listeners with no more connections than descriptors can be spared for; said in the log where they are fewer than wanted.
pub fn limited(listeners: &mut [&mut ListenerConfig], counterparts: usize, open_files: u64) {
    let counterparts = u64::try_from(counterparts).unwrap_or(u64::MAX);
    let kept = KEPT.saturating_add(KEPT_EACH.saturating_mul(counterparts));
    // However many counterparts there are, half is for those who call.
    let spare = open_files.saturating_sub(kept).max(open_files / 2 - open_files / 8);
    let spare = usize::try_from(spare).unwrap_or(usize::MAX);
    let wanted: usize = listeners.iter().map(|one| one.most_connections).sum();
    if wanted <= spare {
        return;
    }
    tracing::warn!(
        open_files,
        wanted,
        spare,
        "the limit of open files (ulimit -n, LimitNOFILE) allows fewer connections than configured"
    );
    for listener in listeners {
        let share = listener.most_connections.saturating_mul(spare) / wanted.max(1);
        listener.most_connections = share.max(FEWEST);
        let of_one = listener.most_connections_per_address.min(listener.most_connections);
        listener.most_connections_per_address = of_one;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(most: [usize; 2], counterparts: usize, open_files: u64) -> [usize; 2] {
        let mut both = most.map(|most_connections| ListenerConfig {
            most_connections,
            most_connections_per_address: most_connections,
            ..ListenerConfig::default()
        });
        let [api, postbox] = &mut both;
        limited(&mut [api, postbox], counterparts, open_files);
        both.map(|one| one.most_connections)
    }

    #[test]
    fn connections_leave_descriptors_for_everything_else() {
        assert_eq!(connections([512, 512], 10, 65_536), [512, 512]);
        for (open_files, counterparts) in [(400, 3), (400, 500), (1024, 40), (256, 0)] {
            let [api, postbox] = connections([512, 512], counterparts, open_files);
            let taken = u64::try_from(api + postbox).expect("a count");
            assert!(taken + open_files / 5 <= open_files, "{open_files}: {taken}");
            assert!(api >= 32 && postbox >= 32, "{open_files}: {api} and {postbox}");
        }
        let [api, postbox] = connections([900, 100], 0, 500);
        assert!(api > 8 * postbox, "in the proportion that was asked for");
    }

    #[test]
    fn the_system_tells_how_many_files_may_be_open() {
        assert!(open_files() >= 64);
    }
}
