use std::collections::HashMap;

use chakong_contract::Moment;

use crate::sandbox::{Everyone, Holder, Property, records};
use crate::wire::ckw::{self, Control, Measure, Request, texts};
use crate::wire::{AmountUnit, Answered, Query, Seizure};

/// What is registered, and the seizures of this court.
#[derive(Debug, Default)]
pub(crate) struct Register {
    holders: Vec<Holder>,
    everyone: Option<Everyone>,
    /// By unit number.
    seizures: HashMap<String, Vec<Standing>>,
    cases: u32,
}

/// A seizure that stands.
#[derive(Debug, Clone)]
struct Standing {
    /// The registry's number.
    id: String,
    court: String,
    document: String,
    from: String,
    until: String,
    waits: bool,
}

impl Register {
    pub(crate) fn of(holders: Vec<Holder>, everyone: Option<Everyone>) -> Self {
        Self { holders, everyone, seizures: HashMap::new(), cases: 0 }
    }

    /// The holder of a name and number; one that is not listed holds what everyone does.
    fn holder(&mut self, name: &str, number: &str) -> Option<Holder> {
        let is_it = |holder: &&Holder| holder.name == name && holder.number.eq_ignore_ascii_case(number);
        if let Some(known) = self.holders.iter().find(is_it) {
            return Some(known.clone());
        }
        let query = Query { qlrmc: name.to_owned(), zjh: number.to_owned(), ..Query::default() };
        let derived = self.everyone.as_ref()?.holder(&query)?;
        self.holders.push(derived.clone());
        Some(derived)
    }

    /// Everything registered for a holder, with every limit on it.
    pub(crate) fn answer(&mut self, name: &str, number: &str, amounts: AmountUnit) -> Answered {
        let Some(holder) = self.holder(name, number) else { return Answered::default() };
        let properties = &holder.properties;
        let titles = |kinds: &[&str]| {
            let of_kind = properties.iter().filter(|property| kinds.contains(&property.kind.as_str()));
            texts(of_kind.map(|property| records::right(property, &holder, true)))
        };
        Answered {
            fdcq_list: titles(&["", "building"]),
            jsydsyq_list: titles(&["land_use"]),
            tdsyq_list: titles(&["land_ownership"]),
            hysyq_list: titles(&["sea"]),
            gjzwsyq_list: titles(&["structure"]),
            lq_list: titles(&["forest"]),
            dyaq_list: texts(properties.iter().flat_map(|property| {
                property.mortgages.iter().map(|one| records::mortgage(one, property, &holder, amounts))
            })),
            cfdj_list: texts(properties.iter().flat_map(|property| self.seizure_rows(property))),
            yyxx_list: texts(properties.iter().flat_map(|property| {
                property.objections.iter().map(|one| records::objection(one, property))
            })),
            ygdj_list: texts(properties.iter().flat_map(|property| {
                property.prenotices.iter().map(|one| records::prenotice(one, property, &holder))
            })),
            ..Answered::default()
        }
    }

    fn seizure_rows(&self, property: &Property) -> Vec<Seizure> {
        let earlier = property.seizures.iter().map(|one| records::seizure(one, property));
        let ours = self.seizures.get(&property.unit).into_iter().flatten().map(|standing| Seizure {
            bdcdyh: property.unit.as_str().into(),
            zl: property.location.as_str().into(),
            cfjg: standing.court.as_str().into(),
            cflx: if standing.waits { "2" } else { "1" }.into(),
            cfwh: standing.document.as_str().into(),
            cfqssj: standing.from.as_str().into(),
            cfjssj: standing.until.as_str().into(),
            djsj: standing.from.as_str().into(),
            cfywh: standing.id.as_str().into(),
            qszt: "1".into(),
            ..Seizure::default()
        });
        earlier.chain(ours).collect()
    }

    /// Seizes, renews or releases; or why not.
    pub(crate) fn control(
        &mut self,
        request: &Request,
        asked: &ckw::Property,
        now: Moment,
    ) -> Result<Control, &'static str> {
        let holder = self.holder(&request.name, &request.document_number).ok_or("未查到权利人信息")?;
        let is_it = |property: &&Property| {
            (!asked.unit.is_empty() && property.unit == asked.unit)
                || (asked.unit.is_empty() && property.certificate == asked.certificate)
        };
        let property = holder.properties.iter().find(is_it).ok_or("未查到该证书信息")?;
        let standing = self.seizures.entry(property.unit.clone()).or_default();
        match Measure::of(&asked.measure).ok_or("不支持该控制措施")? {
            Measure::Seize => {
                self.cases += 1;
                let waits = !property.seizures.is_empty() || !standing.is_empty();
                let seized = Standing {
                    id: format!("CF{:08}", self.cases),
                    court: request.court_name.clone(),
                    document: asked.ruling.clone(),
                    from: asked.from.clone(),
                    until: asked.until.clone(),
                    waits,
                };
                standing.push(seized.clone());
                Ok(accepted(&seized, now))
            }
            Measure::Renew => {
                let found =
                    standing.iter_mut().find(|one| one.id == asked.seizure).ok_or("未找到查封登记")?;
                found.until.clone_from(&asked.until);
                Ok(accepted(found, now))
            }
            Measure::Release => {
                let at = standing.iter().position(|one| one.id == asked.seizure).ok_or("未找到查封登记")?;
                Ok(accepted(&standing.remove(at), now))
            }
        }
    }
}

fn accepted(standing: &Standing, now: Moment) -> Control {
    let today = now.date().strftime("%Y/%m/%d").to_string();
    Control {
        state: "1".to_owned(),
        from: if standing.from.is_empty() { today } else { standing.from.clone() },
        until: standing.until.clone(),
        remark: if standing.waits { "轮候查封".to_owned() } else { String::new() },
        business: standing.id.clone(),
        seizure: standing.id.clone(),
        ..Control::default()
    }
}
