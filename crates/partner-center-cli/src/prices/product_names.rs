//! Display names of products, from the list that Microsoft publishes and the user downloaded.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use partner_center::models::Guid;
use partner_center::settings::input::{self, UnusableText};

use super::product::tidied;
use super::sheet::{Columns, Sheet, Unusable};
use crate::problem::Problem;

const NAME: &str = "Product_Display_Name";
const ID: &str = "GUID";

/// The list has more columns, one line per product and service plan, and many lines per product.
const COLUMNS: Columns = Columns { required: &[NAME, ID], optional: &[], others: true };

const ADVICE: &str =
    "Download \"Product names and service plan identifiers for licensing\" from Microsoft as csv.";

/// The display names of products by id.
#[derive(Debug, Default)]
pub(crate) struct ProductNames(HashMap<Guid, String>);

impl ProductNames {
    /// Reads the list: UTF-8 or UTF-16, or Windows-1252, in which copies of it are saved.
    pub(crate) fn read(path: &Path, at_most: Duration) -> Result<Self, Problem> {
        Sheet::read(path, at_most, decode, &COLUMNS)
            .and_then(|sheet| Self::of(&sheet))
            .map_err(|unusable| unusable.problem("the product names", path, ADVICE))
    }

    /// The names in a sheet. Lines without an id or a name are left out; the first name of a product is kept.
    fn of(sheet: &Sheet) -> Result<Self, Unusable> {
        let mut names = HashMap::new();
        for row in sheet.rows() {
            let (id, name) = (Guid::from(sheet.cell(row, ID)), tidied(sheet.cell(row, NAME)));
            if id.as_uuid().is_some() && !name.is_empty() {
                names.entry(id).or_insert(name);
            }
        }
        if names.is_empty() {
            return Err(Unusable::File("has no line with an id and a name".to_owned()));
        }
        Ok(Self(names))
    }

    /// The display name of a product.
    pub(crate) fn get(&self, id: &Guid) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }
}

fn decode(bytes: &[u8]) -> Result<String, UnusableText> {
    input::text(bytes)
        .or_else(|reason| if bytes.contains(&0) { Err(reason) } else { Ok(windows_1252(bytes)) })
}

/// Decodes Windows-1252, which gives every byte a meaning.
fn windows_1252(bytes: &[u8]) -> String {
    /// The characters of the bytes from 80 to 9F; the others are those of Latin-1.
    const UPPER_CONTROLS: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    let decode = |byte: u8| match byte.checked_sub(0x80) {
        Some(place @ 0..0x20) => {
            UPPER_CONTROLS.chars().nth(place.into()).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        _ => char::from(byte),
    };
    bytes.iter().copied().map(decode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const E5: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";

    /// The header and three lines of the list, of two products.
    const LIST: &str = "Product_Display_Name,String_Id,GUID,Service_Plan_Name,Service_Plan_Id,Service_Plans_Included_Friendly_Names\r\n\
        Microsoft 365 E5,SPE_E5,06ebc4ee-1bb5-47dd-8120-11324bc54e06,ADALLOM_S_STANDALONE,2e2ddb96-6af9-4b1d-a3f0-d6ecfd22edb2,Microsoft Defender for Cloud Apps\r\n\
        Microsoft 365 E5 (again),SPE_E5,06EBC4EE-1BB5-47DD-8120-11324BC54E06,EQUIVIO,4de31727-a228-4ec3-a5bf-8e45b5ca48cc,\"eDiscovery, premium\"\r\n\
        Visio \u{2013} Plan\u{a0}2,VISIOCLIENT,c5928f49-12ba-48f7-ada3-0d743a3601d5,ONEDRIVE_BASIC,da792a53-cbc0-4184-a10d-e544dd34b3c1,OneDrive\r\n\
        ,NAMELESS,4ef96642-f096-40de-a3e9-d83fb2f90211,X,,\r\nIdless,X,not a guid,X,,\r\n";

    fn names(bytes: &[u8]) -> Result<ProductNames, Problem> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        ProductNames::read(file.path(), Duration::from_secs(60))
    }

    #[test]
    fn the_list_is_read_in_every_encoding() {
        let utf16 = |text: &str| {
            "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
        };
        let windows_1252: Vec<u8> = LIST
            .chars()
            .map(|c| if c == '\u{2013}' { 0x96 } else { u8::try_from(u32::from(c)).unwrap() })
            .collect();
        let bytes: [(&str, Vec<u8>); 7] = [
            ("UTF-8", LIST.into()),
            ("UTF-8 with a mark", format!("\u{feff}{LIST}").into()),
            ("UTF-8 with a mark that was read as another encoding", format!("ï»¿{LIST}").into()),
            ("UTF-8 with a mark that became question marks", format!("???{LIST}").into()),
            ("UTF-16", utf16(LIST)),
            ("Windows-1252", windows_1252.clone()),
            ("Windows-1252 with the mark of UTF-8", [b"\xef\xbb\xbf", &*windows_1252].concat()),
        ];
        for (encoding, bytes) in bytes {
            let names = names(&bytes).unwrap();
            assert_eq!(names.get(&Guid::from(E5)), Some("Microsoft 365 E5"), "{encoding}");
            let visio = Guid::from("C5928F49-12BA-48F7-ADA3-0D743A3601D5");
            assert_eq!(names.get(&visio), Some("Visio \u{2013} Plan 2"), "{encoding}");
            assert_eq!(names.get(&Guid::from("4ef96642-f096-40de-a3e9-d83fb2f90211")), None, "{encoding}");
            assert_eq!(names.0.len(), 2, "{encoding}");
        }
    }

    #[test]
    fn every_byte_of_windows_1252_is_decoded() {
        assert_eq!(windows_1252(b"\x7f\x80\x91\x96\x9f\xa0\xe9\xff"), "\u{7f}€‘–Ÿ\u{a0}éÿ");
        assert!((0..=0xff).all(|byte| windows_1252(&[byte]) != "\u{fffd}"));
    }

    #[test]
    fn other_files_are_refused() {
        for (bytes, why) in [
            (&b""[..], "has no header: the first line must name Product_Display_Name, GUID"),
            (b"<html>", "has no header"),
            (b"{\"skuId\": 1}", "has no header"),
            (b"PK\x03\x04....", "is a workbook or an archive"),
            (b"\x89PNG\r\n\x1a\n\0\0", "is not valid text"),
            (b"GUID,Name\r\n", "line 1: no column `Product_Display_Name`"),
            (b"Product_Display_Name,GUID\r\n,\r\n", "has no line with an id and a name"),
        ] {
            let problem = names(bytes).unwrap_err();
            assert_eq!(problem.exit(), crate::exit::Exit::Usage);
            assert!(problem.render(None).contains(why), "{}", problem.render(None));
            assert!(problem.advice_text().contains("Product names and service plan identifiers"));
        }
    }
}
