//! Reverse proxies: whose word about the request that they pass on is taken.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::reader::Section;

/// Most entries.
const MOST: usize = 64;

/// Addresses of reverse proxies, each with the length of its prefix in bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxies(Vec<(IpAddr, u8)>);

impl Default for Proxies {
    /// This machine.
    fn default() -> Self {
        Self(vec![(Ipv4Addr::new(127, 0, 0, 0).into(), 8), (Ipv6Addr::LOCALHOST.into(), 128)])
    }
}

impl Proxies {
    /// Where a request comes from that `peer` sent: a proxy says whose request it passes on, as the last of `X-Forwarded-For`.
    pub fn caller(&self, peer: IpAddr, forwarded: Option<&str>) -> IpAddr {
        let last = forwarded.and_then(|all| all.rsplit(',').next()).and_then(|last| last.trim().parse().ok());
        last.filter(|_| self.contain(peer)).unwrap_or(peer)
    }

    /// Whether an address is one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|(network, bits)| match (*network, address) {
            (IpAddr::V4(network), IpAddr::V4(one)) => {
                let shift = 32_u32.saturating_sub(u32::from(*bits));
                (u32::from(network) ^ u32::from(one)).checked_shr(shift).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(one)) => {
                let shift = 128_u32.saturating_sub(u32::from(*bits));
                (u128::from(network) ^ u128::from(one)).checked_shr(shift).unwrap_or(0) == 0
            }
            _ => false,
        })
    }
}

/// Setting `proxies`: addresses, or networks as `10.0.0.0/24`.
pub(super) fn read_proxies(section: &mut Section<'_>) -> Proxies {
    let Some(texts) = section.value::<Vec<String>>("proxies") else { return Proxies::default() };
    if texts.len() > MOST {
        section.problem("proxies", format_args!("may name at most {MOST}"));
    }
    let read = |text: &String| match read_network(text) {
        Some(network) => Some(network),
        None => {
            let hint = "is no address and no network; write e.g. \"10.1.2.3\" or \"10.1.2.0/24\"";
            section.problem("proxies", format_args!("`{text}` {hint}"));
            None
        }
    };
    Proxies(texts.iter().filter_map(read).collect())
}

fn read_network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    Some((address, bits.unwrap_or(most))).filter(|(_, bits)| *bits <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contain(networks: &[&str], address: &str) -> bool {
        let read = networks.iter().map(|text| read_network(text).expect("a network"));
        Proxies(read.collect()).contain(address.parse().expect("an address"))
    }

    #[test]
    fn an_address_is_in_its_network_and_in_no_other() {
        for (networks, inside, outside) in [
            (&["10.1.2.3"][..], "10.1.2.3", "10.1.2.4"),
            (&["10.1.2.0/24"], "10.1.2.255", "10.1.3.0"),
            (&["10.1.2.3/31", "fd00::/8"], "fdff::1", "10.1.2.4"),
            (&["10.1.2.3/31"], "::ffff:10.1.2.2", "::ffff:10.1.2.1"),
            (&["fd00::1"], "fd00::1", "fd00::2"),
        ] {
            assert!(contain(networks, inside) && !contain(networks, outside), "{networks:?}");
        }
        assert!(contain(&["0.0.0.0/0"], "203.0.113.9") && !contain(&["0.0.0.0/0"], "fd00::1"));
        let here = Proxies::default();
        assert!(here.contain("127.0.0.2".parse().expect("an address")), "this machine");
        assert!(!here.contain("10.0.0.1".parse().expect("an address")));
        for wrong in ["", "proxy", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.1:80"] {
            assert_eq!(read_network(wrong), None, "{wrong}");
        }
    }
}
