//! Section `[progress]`: what a case system may show to the parties of a case.

use super::reader::Section;
use crate::domain::progress::{ProgressSettings, ProgressTerms, Stage};

pub(super) fn read_progress(section: &mut Section<'_>) -> ProgressSettings {
    let general = read_terms(section, &ProgressTerms::default());
    let courts = section.sections("courts", |court| {
        let code = court.required::<String>("court", "the court's code, as in submissions");
        (code, read_terms(court, &general))
    });
    let mut settings = ProgressSettings { general, ..ProgressSettings::default() };
    for (code, terms) in courts {
        let Some(code) = code else { continue };
        if settings.courts.insert(code.clone(), terms).is_some() {
            section.problem("courts", format_args!("names the court `{code}` twice"));
        }
    }
    settings
}

fn read_terms(section: &mut Section<'_>, default: &ProgressTerms) -> ProgressTerms {
    let mut stages = default.stages.clone();
    if let Some(words) = section.value::<Vec<String>>("stages") {
        stages.clear();
        for word in words {
            match Stage::ALL.iter().find(|stage| stage.word() == word) {
                Some(stage) => drop(stages.insert(*stage)),
                None => {
                    let known: Vec<&str> = Stage::ALL.iter().map(|stage| stage.word()).collect();
                    let known = known.join("`, `");
                    section.problem("stages", format_args!("`{word}` is no stage; there are `{known}`"));
                }
            }
        }
    }
    ProgressTerms {
        enabled: section.or("enabled", default.enabled),
        stages,
        institutions: section.or("institutions", default.institutions),
        property: section.or("property", default.property),
        when_nothing_found: section.or("when_nothing_found", default.when_nothing_found),
    }
}
