//! Leaves that travel as Base64, each by itself: opened one by one, so that one that cannot be read spoils no other.

use chakong_contract::Fault;
use chakong_contract::encoding::{self, Decoded, is_garbled};

use super::{Element, NOT_SEALED, decoded, malformed};

impl Element {
    /// Opens each leaf, and the error.
    ///
    /// # Errors
    /// Malformed, when one is not Base64 of text.
    pub(crate) fn open_leaves(&mut self) -> Result<(), Fault> {
        self.open_each();
        if self.has_broken() { Err(malformed(NOT_SEALED)) } else { Ok(()) }
    }

    /// Opens each leaf, and the error. One that is not Base64 of text is blank from now on, and known as broken. The text is UTF-8; some
    /// registries write GBK, and what both can mean is read as the others of the document are.
    pub(crate) fn open_each(&mut self) {
        self.open_errors();
        let mut leaves = Vec::new();
        self.leaves(&mut leaves);
        let (mut is_gbk, mut either) = (None, Vec::new());
        for leaf in leaves {
            match decoded(&leaf.text).map(|bytes| encoding::decoded(&bytes)) {
                Some(Decoded::Ascii(text)) => leaf.text = text,
                Some(Decoded::Utf8(text)) => {
                    is_gbk = Some(false);
                    leaf.text = text;
                }
                Some(Decoded::Gb18030(text)) if !is_garbled(&text) => {
                    is_gbk = is_gbk.or(Some(true));
                    leaf.text = text;
                }
                Some(Decoded::Either { utf8, gb18030 }) => either.push((leaf, utf8, gb18030)),
                Some(Decoded::Gb18030(_) | Decoded::Neither) | None => {
                    leaf.text.clear();
                    leaf.is_broken = true;
                }
            }
        }
        for (leaf, utf8, gb18030) in either {
            leaf.text = if is_gbk == Some(true) { gb18030 } else { utf8 };
        }
    }

    /// Whether a value in it could not be opened.
    pub(crate) fn has_broken(&self) -> bool {
        self.is_broken || self.children.iter().any(Self::has_broken)
    }

    /// Every leaf that is not blank.
    fn leaves<'a>(&'a mut self, all: &mut Vec<&'a mut Self>) {
        if self.children.is_empty() {
            if !self.text.trim().is_empty() {
                all.push(self);
            }
        } else {
            self.children.iter_mut().for_each(|child| child.leaves(all));
        }
    }

    /// Some makers seal attributes as well.
    fn open_errors(&mut self) {
        let bytes = decoded(&self.error).filter(|_| !self.error.is_empty());
        match bytes.map(|bytes| encoding::decoded(&bytes)) {
            Some(Decoded::Ascii(text) | Decoded::Utf8(text) | Decoded::Either { utf8: text, .. }) => {
                self.error = text;
            }
            Some(Decoded::Gb18030(text)) if !is_garbled(&text) => self.error = text,
            _ => {}
        }
        self.children.iter_mut().for_each(Self::open_errors);
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::super::Leaves;
    use super::*;

    fn leaf(name: &str, bytes: &[u8]) -> Element {
        Element::leaf(name, STANDARD.encode(bytes))
    }

    #[test]
    fn leaves_of_gbk_are_read_and_one_that_is_none_spoils_no_other() {
        // 甲某 and 通知 in GBK; the latter could be letters in UTF-8.
        let (gbk, short) = (b"\xbc\xd7\xc4\xb3", b"\xcd\xa8\xd6\xaa");
        let row = |children| Element::with("A", children);
        let mut root = Element::with("L", vec![row(vec![leaf("B", gbk), leaf("C", short)])]);
        root.open_each();
        assert!(!root.has_broken());
        assert_eq!(
            (root.children[0].text_of("B"), root.children[0].text_of("C")),
            ("甲某".into(), "通知".into())
        );

        let mut utf8 = row(vec![leaf("B", "甲某".as_bytes()), leaf("C", "ªé".as_bytes())]);
        utf8.open_leaves().expect("opened");
        assert_eq!((utf8.text_of("B").as_str(), utf8.text_of("C").as_str()), ("甲某", "ªé"));

        for broken in [Element::leaf("C", "在 册"), leaf("C", b"\xff\xff0"), leaf("C", b"\xfe\xfe\xa2\xa0")]
        {
            let good = row(vec![leaf("B", b"1")]);
            let mut root = Element::with("L", vec![good, row(vec![leaf("B", b"2"), broken.clone()])]);
            assert!(root.clone().open_leaves().is_err(), "{broken:?}");
            root.open_each();
            assert!(root.has_broken() && !root.children[0].has_broken());
            let [one, other] = root.children.as_slice() else { panic!("{root:?}") };
            assert!(other.has_broken());
            assert_eq!([one, other].map(|row| row.text_of("B")), ["1", "2"]);
            assert_eq!(other.text_of("C"), "");
        }
        let sealed = Element::with("L", vec![Element::leaf("B", "甲")]).seal(Leaves::Plain);
        assert!(Element::open(&sealed, Leaves::Sealed).is_err(), "in the clear");
    }
}
