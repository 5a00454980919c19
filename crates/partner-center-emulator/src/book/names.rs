//! Names and domains of customers: Microsoft's fictitious companies, and some with unusual characters.

use super::documented;

/// Some contain apostrophes, commas, ampersands or non-ASCII letters, or begin like a spreadsheet formula.
const COMPANIES: &[&str] = &[
    "Adatum Corporation",
    "Adventure Works Cycles",
    "Alpine Ski House",
    "Bellows College",
    "Best For You Organics",
    "Blue Yonder Airlines",
    "City Power & Light",
    "Coho Winery",
    "Consolidated Messenger",
    "Contoso, Ltd.",
    "Contoso Pharmaceuticals",
    "Fabrikam Residences",
    "First Up Consultants",
    "Fourth Coffee",
    "Graphic Design Institute",
    "Humongous Insurance",
    "Lamna Healthcare",
    "Liberty's Delightful Bakery & Café",
    "Litware, Inc.",
    "Lucerne Publishing",
    "Margie's Travel",
    "Munson's Pickles and Preserves",
    "Nod Publishers",
    "Northwind Traders",
    "Österlens Musteri AB",
    "Proseware, Inc.",
    "Relecloud",
    "School of Fine Art",
    "Søndergaard \"Nord\" ApS",
    "Southridge Video",
    "Tailspin Toys",
    "The Phone Company",
    "Trey Research",
    "VanArsdel, Ltd.",
    "Wide World Importers",
    "Wingtip Toys",
    "Woodgrove Bank",
    "東雲商事",
    "@Work Staffing",
    "+46 Telefoni",
    "=Equals Consulting",
];

/// Company name and domain of the customer at `index`. The seed selects the start in the list; when the list is
/// repeated, a number is appended.
pub(super) fn of(seed: u64, index: usize) -> (String, String) {
    if let Some((name, domain)) = documented::name(index) {
        return (name.to_owned(), domain.to_owned());
    }
    let start = usize::try_from(crate::rng::mix(seed) % COMPANIES.len() as u64).unwrap_or_default();
    let company = COMPANIES[(start + index) % COMPANIES.len()];
    let round = index / COMPANIES.len();
    let mut slug: String = company
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    if slug.is_empty() {
        slug.push_str("shinonome");
    }
    if round == 0 {
        (company.to_owned(), format!("{slug}.onmicrosoft.com"))
    } else {
        (format!("{company} {round:04}"), format!("{slug}{round:04}.onmicrosoft.com"))
    }
}
