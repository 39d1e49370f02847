//! Archives in which parcels were put away, on this machine and on servers: what is older than messages are kept goes, whatever the
//! line itself keeps.

use std::sync::Arc;

use chakong_contract::Date;
use futures_util::future::BoxFuture;

use crate::config::ParcelConfig;
use crate::counterparts::Counterparts;
use crate::engine::Archives;
use crate::lines::parcel;

/// The archives of the counterparts as configured now.
#[derive(Debug)]
pub(super) struct ParcelArchives(pub(super) Arc<Counterparts>);

impl Archives for ParcelArchives {
    fn forget_before(&self, first: Date) -> BoxFuture<'_, Vec<(String, usize)>> {
        Box::pin(async move {
            let mut forgotten = Vec::new();
            for (name, line) in self.archives() {
                match parcel::open(&line).tidy(first).await {
                    Ok(0) => {}
                    Ok(count) => forgotten.push((name, count)),
                    Err(fault) => {
                        tracing::warn!(counterpart = name, %fault, "archived files stay though their term is over");
                    }
                }
            }
            forgotten
        })
    }
}

impl ParcelArchives {
    fn archives(&self) -> Vec<(String, ParcelConfig)> {
        let now = self.0.now();
        let archive = |line: &ParcelConfig| line.archive.is_some().then(|| line.clone());
        now.iter()
            .filter_map(|(name, config)| Some((name.clone(), archive(config.line.parcel()?)?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Problems, read_counterpart};

    #[tokio::test]
    async fn days_whose_term_is_over_go_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let line = |archive: &str| {
            format!(
                "connector = \"court-bank\"\n[line]\nkind = \"parcel\"\noutgoing = \"{0}/out\"\nincoming = \"{0}/in\"\n{archive}\n\
                 [settings]\nbank_code = \"E999H110000000001\"\n",
                folder.path().display()
            )
        };
        let kept = line(&format!("archive = \"{}/done\"", folder.path().display()));
        let mut problems = Problems::default();
        let configs = [("bank-a", kept), ("bank-b", line(""))].map(|(name, text)| {
            let path = folder.path().join(format!("{name}.toml"));
            read_counterpart(&path, &text, &crate::app::plugins(), &mut problems)
        });
        assert!(problems.is_empty(), "{problems}");
        let done = folder.path().join("done");
        let put = |day: &str, file: &str| {
            std::fs::create_dir_all(done.join(day)).expect("a folder");
            std::fs::write(done.join(day).join(file), "a package").expect("a file");
        };
        put("20230101", "a.zip");
        put("20230101", "b.zip");
        put("20260101", "c.zip");
        put("notes", "d");
        let archives = ParcelArchives(Arc::new(Counterparts::new(configs.into_iter().flatten().collect())));
        assert_eq!(archives.forget_before(Date::constant(2023, 1, 1)).await, [], "that day itself stays");
        let forgotten = archives.forget_before(Date::constant(2023, 1, 2)).await;
        assert_eq!(forgotten, [("bank-a".to_owned(), 2)]);
        let left = |path: &Path| std::fs::read_dir(path).expect("the folder").count();
        assert_eq!((left(&done), left(&done.join("20260101"))), (2, 1));
    }
}
