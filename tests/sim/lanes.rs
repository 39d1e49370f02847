//! Lanes: orders leave, arrive, are lost or doubled, and answers come back, late, twice or never.

use std::collections::HashSet;
use std::sync::Arc;

use chakong::domain::decide::OrderInput;
use chakong::domain::{Blob, OpenCourts, OrderId, OrderRecord, OrderState, RawDirection, RawMessage};
use chakong::engine::{Dispatch, Entry, HandedIn, Settlement};
use chakong::store::{StoreError, Stored};
use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::{Answer, Fault, FaultKind};
use rand::Rng as _;

use crate::banks::{Arrival, Way};
use crate::world::{Said, World, at_once, is_expected};

/// At one of so many controls the bank's own system fails.
const FAILS_EVERY: i64 = 17;

impl World {
    fn way(&self, lane: &str) -> Way {
        self.banks[lane].way
    }

    /// A lane takes some of what waits and has it leave, as far as its gates let it.
    pub fn send(&mut self, lane: &str) {
        match self.way(lane) {
            Way::Postbox => self.offer(lane),
            Way::Parcel => self.put_down(lane),
            Way::Call | Way::SimpleCall => self.call(lane),
        }
    }

    fn due(&mut self, lane: &str) -> Vec<OrderRecord> {
        let (name, now, limit) = (lane.to_owned(), self.now(), self.chance.random_range(1..4));
        self.read(move |reads| reads.due_orders(&name, now, limit, &HashSet::new(), &OpenCourts::All))
    }

    fn dispatch_of(&self, lane: &str, orders: &[OrderRecord]) -> Dispatch {
        Dispatch {
            lane: lane.to_owned(),
            at: self.now(),
            orders: orders.iter().map(|order| order.id).collect(),
            batch: None,
            digest: Vec::new(),
            files: Vec::new(),
            counts: self.gates[lane].counts(),
            together: false,
        }
    }

    fn admits(&mut self, lane: &str, is_control: bool) -> bool {
        let admitted = self.gates[lane].admits(is_control);
        if !admitted {
            self.note(|| format!("{lane} waits"));
        }
        admitted
    }

    /// The bank fetches some of what waits. Our gates are not asked: it is the bank that calls.
    fn offer(&mut self, lane: &str) {
        let (name, now, limit) = (lane.to_owned(), self.now(), self.chance.random_range(1..4));
        let control = self.chance.random_bool(0.5);
        let offers = self.read(move |reads| reads.offers(&name, now, control, OrderId::new(0), limit));
        if offers.is_empty() {
            return;
        }
        self.note(|| format!("offer {lane} {}", numbers(&offers)));
        let dispatch = self.dispatch_of(lane, &offers);
        if matches!(at_once(self.engine.hand_over(dispatch)), Ok(true)) && !self.chance.random_bool(0.1) {
            self.check_leaving(&offers);
            self.to_banks.extend(offers);
        }
    }

    /// A package is written and put down.
    fn put_down(&mut self, lane: &str) {
        let due = self.due(lane);
        let Some(first) = due.first() else { return };
        if self.admits(lane, first.is_control()) {
            let going = self.dispatch(lane, due);
            self.leave_as_parcel(lane, going);
        }
    }

    /// Orders are sent one by one, and answered in the same breath.
    fn call(&mut self, lane: &str) {
        for order in self.due(lane) {
            if !self.admits(lane, order.is_control()) {
                return;
            }
            for order in self.dispatch(lane, vec![order]) {
                self.converse(lane, &order);
            }
        }
    }

    /// Which of them may leave: that they do is durable.
    fn dispatch(&mut self, lane: &str, due: Vec<OrderRecord>) -> Vec<OrderRecord> {
        self.note(|| format!("send {lane} {}", numbers(&due)));
        let dispatch = self.dispatch_of(lane, &due);
        let Ok(dispatched) = at_once(self.engine.dispatch(dispatch)) else { return Vec::new() };
        let going: Vec<_> = due.into_iter().filter(|order| dispatched.going.contains(&order.id)).collect();
        if !going.is_empty() {
            let now = self.now();
            self.gates.get_mut(lane).expect("its gates").passes(now);
        }
        self.check_leaving(&going);
        going
    }

    fn leave_as_parcel(&mut self, lane: &str, going: Vec<OrderRecord>) {
        let outcomes = going.iter().map(|order| (order.id, OrderInput::HandedOver)).collect();
        self.to_banks.extend(going);
        let _ = self.settle(lane, outcomes);
    }

    fn converse(&mut self, lane: &str, order: &OrderRecord) {
        match self.chance.random_range(0..10) {
            // The request is lost; whether it was, nobody knows.
            0 => self.fault(lane, order, FaultKind::OutcomeUnknown),
            1 => self.fault(lane, order, FaultKind::Transient),
            2 => self.fault(lane, order, FaultKind::RateLimited),
            // It arrives after the caller gave up waiting.
            3 if self.way(lane).is_idempotent() || !order.is_control() => {
                self.to_banks.push(order.clone());
                self.fault(lane, order, FaultKind::OutcomeUnknown);
            }
            // It was carried out, and the answer is lost.
            4 => {
                self.carry_out(order);
                self.fault(lane, order, FaultKind::OutcomeUnknown);
            }
            _ => {
                self.gates.get_mut(lane).expect("its gates").succeeded();
                let said = self.carry_out(order);
                self.hear(said);
            }
        }
    }

    fn fault(&mut self, lane: &str, order: &OrderRecord, kind: FaultKind) {
        self.note(|| format!("  {kind:?} about {}", order.number()));
        let fault = Fault::new(kind, "send", "invented");
        let now = self.now();
        self.gates.get_mut(lane).expect("its gates").failed(&fault, now);
        let _ = self.settle(lane, vec![(order.id, OrderInput::Faulted(fault))]);
    }

    pub fn settle(&mut self, lane: &str, outcomes: Vec<(OrderId, OrderInput)>) -> Stored<bool> {
        let settlement = Settlement { outcomes, conversation: None, connector: lane.to_owned() };
        let settled = at_once(self.engine.settle(settlement));
        settled.as_ref().err().into_iter().for_each(is_expected);
        settled
    }

    /// An order is at its bank.
    pub fn carry_out(&mut self, order: &OrderRecord) -> Said {
        let declines = order.is_control() && self.chance.random_bool(0.05);
        let (owner, case, today) = (self.owner(order), self.case_of(order), self.today());
        let counts = order.measure.is_none_or(|measure| !self.unrated.contains(&measure));
        let number = order.number();
        // Without drawing lots, so that seeds stay what they are.
        let fails = order.is_control() && order.id.get() % FAILS_EVERY == 3;
        let (number_text, instruction) = (number.as_str(), &order.instruction);
        let arrival = Arrival {
            number: number_text,
            case: &case,
            order: instruction,
            owner,
            counts,
            declines,
            fails,
            today,
        };
        let bank = self.banks.get_mut(&order.lane).expect("the bank");
        let reply = bank.receive(arrival);
        self.note(|| {
            let kind = order.instruction.kind();
            format!("  {} {number} does {kind:?} says {}", order.lane, reply.outcome())
        });
        (order.lane.clone(), order.clone(), reply)
    }

    /// One of the orders on their way arrives.
    pub fn arrive_at_bank(&mut self) {
        if self.to_banks.is_empty() {
            return;
        }
        let at = self.chance.random_range(0..self.to_banks.len());
        let order = self.to_banks.swap_remove(at);
        if self.way(&order.lane).is_idempotent() && self.chance.random_bool(0.15) {
            self.to_banks.push(order.clone());
        }
        let said = self.carry_out(&order);
        self.to_court.push(said);
    }

    /// One of the answers on their way arrives.
    pub fn arrive_at_court(&mut self) {
        if !self.to_court.is_empty() {
            let at = self.chance.random_range(0..self.to_court.len());
            let said = self.to_court.swap_remove(at);
            self.hear(said);
        }
    }

    /// An answer comes in; where the store does not take it, it comes again.
    pub fn hear(&mut self, said: Said) {
        let (lane, order, reply) = &said;
        self.note(|| format!("hear {lane} {} {}", order.number(), reply.outcome()));
        let taken = match self.way(lane) {
            Way::Call | Way::SimpleCall => {
                let answer = OrderInput::Answered(Arc::new(Answer::of(reply.clone())));
                self.settle(lane, vec![(order.id, answer)]).map(drop)
            }
            Way::Parcel | Way::Postbox => self.hand_in(&said),
        };
        match taken {
            Ok(()) => self.heard.push(said),
            Err(_) => self.to_court.push(said),
        }
    }

    fn hand_in(&mut self, (lane, order, reply): &Said) -> Stored<()> {
        let content = ReadContent::Answer(Box::new(Answer::of(reply.clone())));
        let handed_in = HandedIn {
            entries: vec![Entry { read: Read { number: Some(order.number()), content }, receipt: None }],
            raw: RawMessage {
                lane: lane.clone(),
                batch: None,
                direction: RawDirection::In,
                name: "answer".to_owned(),
                at: self.now(),
                bytes: Blob::default(),
            },
            digest: String::new(),
            connector: lane.clone(),
        };
        let verdicts = at_once(self.engine.receive(handed_in));
        verdicts.as_ref().err().into_iter().for_each(is_expected);
        verdicts.map(drop)
    }

    /// After a crash each lane looks after what was on its way.
    pub fn recover(&mut self) {
        for lane in self.banks.keys().cloned().collect::<Vec<_>>() {
            let name = lane.clone();
            let interrupted = self.read(move |reads| reads.interrupted(&name));
            let sending: Vec<_> =
                interrupted.into_iter().filter(|order| order.state == OrderState::Sending).collect();
            if sending.is_empty() {
                continue;
            }
            self.note(|| format!("recover {lane} {}", numbers(&sending)));
            if self.way(&lane) == Way::Parcel {
                self.leave_as_parcel(&lane, sending);
            } else {
                let outcomes = sending.iter().map(|order| (order.id, OrderInput::Interrupted)).collect();
                self.settle(&lane, outcomes).expect("the store takes it");
            }
        }
    }

    /// The next step meets a store that fails, or its end.
    pub fn bring_trouble(&mut self) {
        if self.chance.random_bool(0.7) {
            let (nth, keeps_last) = (self.chance.random_range(1..6), self.chance.random_bool(0.5));
            self.note(|| format!("the process ends at commit {nth} from now, committed: {keeps_last}"));
            self.store.die_at(nth, keeps_last);
        } else {
            self.note(|| "the next commit meets a full disk".into());
            self.store.fail_next(StoreError::Full);
        }
    }

    /// Whether an order or its answer is between court and bank.
    pub fn is_on_its_way(&self, order: OrderId) -> bool {
        self.to_banks.iter().any(|one| one.id == order)
            || self.to_court.iter().any(|(_, one, _)| one.id == order)
    }
}

fn numbers(orders: &[OrderRecord]) -> String {
    orders
        .iter()
        .map(|order| format!("{}:{:?}", order.number(), order.instruction.kind()))
        .collect::<Vec<_>>()
        .join(" ")
}
