//! Lists of orders beside a message: differences in LEB128, because numbers of one message lie close together.

use crate::domain::OrderId;

/// The stored form.
pub(super) fn pack(orders: &[OrderId]) -> Vec<u8> {
    let (mut packed, mut before) = (Vec::with_capacity(8 + orders.len()), 0_i64);
    for order in orders {
        let step = order.get().wrapping_sub(before);
        before = order.get();
        // The sign goes to the lowest bit, so that small steps back are short too.
        let mut rest = (step.wrapping_shl(1) ^ (step >> 63)).cast_unsigned();
        while rest >= 0x80 {
            packed.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        packed.push((rest & 0x7f) as u8);
    }
    packed
}

/// The orders of a stored form; `None` where it is none.
pub(super) fn unpack(packed: &[u8]) -> Option<Vec<OrderId>> {
    let (mut orders, mut before, mut rest, mut shift) = (Vec::new(), 0_i64, 0_u64, 0_u32);
    for byte in packed {
        rest |= u64::from(byte & 0x7f).checked_shl(shift)?;
        shift += 7;
        if byte & 0x80 == 0 {
            let step = (rest >> 1).cast_signed() ^ -((rest & 1).cast_signed());
            before = before.wrapping_add(step);
            orders.push(OrderId::new(before));
            (rest, shift) = (0, 0);
        }
    }
    (shift == 0).then_some(orders)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn lists_come_back_as_they_were(numbers: Vec<i64>, bytes: Vec<u8>) {
            let orders: Vec<OrderId> = numbers.into_iter().map(OrderId::new).collect();
            proptest::prop_assert_eq!(unpack(&pack(&orders)), Some(orders));
            let _ = unpack(&bytes);
        }
    }

    #[test]
    fn orders_of_one_message_take_little_room() {
        let orders: Vec<OrderId> = (0..200).map(|at| OrderId::new(4_711_000_000_000_093 + at)).collect();
        assert!(pack(&orders).len() <= 208);
    }
}
