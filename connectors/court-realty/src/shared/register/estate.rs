use super::holdings::Property;

/// A property and its first owner.
#[derive(Debug, Clone)]
pub(super) struct Estate {
    pub(super) property: Property,
    pub(super) name: String,
    pub(super) number: String,
}

impl Estate {
    pub(super) fn new(property: Property, name: &str, number: &str) -> Self {
        Self { property, name: name.to_owned(), number: number.to_owned() }
    }

    /// What its unit is known by here; those without a number by their certificate.
    pub(super) fn key(&self) -> &str {
        let property = &self.property;
        let known = [&property.unit, &property.certificate, &property.location];
        known.into_iter().find(|text| !text.is_empty()).map_or("", String::as_str)
    }

    /// Whether it is the property of a unit number or, without one, of a certificate.
    pub(super) fn is(&self, unit: &str, certificate: &str) -> bool {
        if unit.is_empty() {
            return !certificate.is_empty() && self.property.certificate.contains(certificate);
        }
        self.property.unit == unit
    }
}
