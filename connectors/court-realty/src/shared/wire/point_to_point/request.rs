use super::super::tree::Element;

/// A query or a control of one party (sections 2.6 and 2.8).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Request {
    /// Request number; the same element for queries and controls.
    pub(crate) number: String,
    /// 1 person, 2 organisation.
    pub(crate) nature: String,
    pub(crate) name: String,
    /// Code of the kind of document, section 11.1.
    pub(crate) document_kind: String,
    pub(crate) document_number: String,
    pub(crate) court_name: String,
    pub(crate) officer: String,
    pub(crate) case_number: String,
    pub(crate) work_certificate: String,
    pub(crate) enforcement_certificate: String,
    /// Title of the notice.
    pub(crate) notice: String,
    /// The properties of a control. We write one a request: a known registry answers for all and books only the last.
    pub(crate) properties: Vec<Property>,
}

/// What is asked to be done to a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// 查封
    Seize,
    /// 继续查封
    Renew,
    /// 解除查封
    Release,
}

impl Measure {
    /// Code, section 11.6.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Seize => "11",
            Self::Renew => "12",
            Self::Release => "14",
        }
    }

    /// The measure of a code.
    pub(crate) fn of(code: &str) -> Option<Self> {
        [Self::Seize, Self::Renew, Self::Release].into_iter().find(|measure| measure.code() == code)
    }
}

/// The property of a control.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Property {
    /// Code of the kind of right; its list is not public, the order of the answers' lists is inferred (section 11.7).
    pub(crate) right: String,
    pub(crate) unit: String,
    pub(crate) location: String,
    pub(crate) certificate: String,
    /// Code of the measure.
    pub(crate) measure: String,
    pub(crate) ruling: String,
    pub(crate) from: String,
    pub(crate) until: String,
    /// Case number of the original seizure.
    pub(crate) original_case: String,
    /// Request number of the original seizure.
    pub(crate) original: String,
    /// The registry's number of the right.
    pub(crate) business: String,
    /// The registry's number of the original seizure.
    pub(crate) seizure: String,
}

/// A legal document (section 2.10).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Paper {
    pub(crate) title: String,
    pub(crate) format: String,
    /// Base64.
    pub(crate) content: String,
}

/// An officer's certificates (section 2.10).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) work_certificate: String,
    pub(crate) work_format: String,
    /// Base64.
    pub(crate) work_image: String,
    pub(crate) enforcement_certificate: String,
    pub(crate) enforcement_format: String,
    /// Base64.
    pub(crate) enforcement_image: String,
}

type Field<T> = (&'static str, fn(&T) -> &String, fn(&mut T) -> &mut String);

macro_rules! fields {
    ($name:ident: $type:ty { $($wire:literal = $field:ident),* $(,)? }) => {
        const $name: &[Field<$type>] = &[$(($wire, |row| &row.$field, |row| &mut row.$field)),*];
    };
}

fields!(REQUEST: Request {
    "CXQQDH" = number, "XZ" = nature, "XM" = name, "ZJZL" = document_kind, "ZJH" = document_number,
    "FYMC" = court_name, "CBR" = officer, "AH" = case_number, "GZZBH" = work_certificate,
    "GWZBH" = enforcement_certificate, "CKH" = notice,
});
fields!(PROPERTY: Property {
    "BDCQLLX" = right, "BDCDYH" = unit, "ZL" = location, "BDCQZH" = certificate, "KZCS" = measure, "CKWH" = ruling,
    "KSRQ" = from, "JSRQ" = until, "YDJAH" = original_case, "YDJDH" = original, "YWH" = business, "YCFYWH" = seizure,
});
fields!(PAPER: Paper { "WJMC" = title, "WJLX" = format, "WSNR" = content });
fields!(CARD: Card {
    "GZZBM" = work_certificate, "GZZWJGS" = work_format, "GZZ" = work_image, "GWZBM" = enforcement_certificate,
    "GWZWJGS" = enforcement_format, "GWZ" = enforcement_image,
});

fn write<T>(fields: &[Field<T>], row: &T) -> Vec<Element> {
    fields.iter().map(|(wire, get, _)| Element::leaf(wire, get(row))).collect()
}

fn read<T: Default>(fields: &[Field<T>], element: &Element) -> T {
    let mut row = T::default();
    for (wire, _, set) in fields {
        *set(&mut row) = element.text_of(wire);
    }
    row
}

/// Nature, class of counterpart: real estate.
const REAL_ESTATE: &str = "FC";

/// The fields of a request without its properties.
pub(crate) fn fields_of(request: &Request) -> Vec<Element> {
    let mut children = write(REQUEST, request);
    children.insert(1, Element::leaf("LB", REAL_ESTATE));
    children
}

/// Reads the fields of a request.
pub(crate) fn read_fields(element: &Element) -> Request {
    read(REQUEST, element)
}

/// The fields of a property.
pub(crate) fn fields_of_property(property: &Property) -> Vec<Element> {
    write(PROPERTY, property)
}

/// Reads the fields of a property.
pub(crate) fn read_property(element: &Element) -> Property {
    read(PROPERTY, element)
}

/// Legal documents of a request.
pub(crate) fn papers(number: &str, papers: &[Paper]) -> Element {
    numbered("WSLIST", "WSINFO", number, papers.iter().map(|paper| write(PAPER, paper)))
}

/// Reads legal documents, as the registry does.
pub(crate) fn read_papers(root: &Element) -> Vec<Paper> {
    root.all("WSINFO").map(|element| read(PAPER, element)).collect()
}

/// Officers' certificates of a request.
pub(crate) fn cards(number: &str, cards: &[Card]) -> Element {
    numbered("ZJLIST", "ZJINFO", number, cards.iter().map(|card| write(CARD, card)))
}

/// Reads certificates, as the registry does.
pub(crate) fn read_cards(root: &Element) -> Vec<Card> {
    root.all("ZJINFO").map(|element| read(CARD, element)).collect()
}

fn numbered(list: &str, item: &str, number: &str, rows: impl Iterator<Item = Vec<Element>>) -> Element {
    let one = |(at, row): (usize, Vec<Element>)| {
        let head = [Element::leaf("CXQQDH", number), Element::leaf("XH", (at + 1).to_string())];
        Element::with(item, head.into_iter().chain(row).collect())
    };
    Element::with(list, rows.enumerate().map(one).collect())
}
