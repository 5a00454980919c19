//! Invented data for every page.

use rust_decimal::Decimal;

use super::super::{
    Basis, By, Change, ChangeKind, Changes, Column, Cost, CustomerReport, Entry, Facts, Group, HeatMap,
    Index, Licenses, NotRead, Of, Pages, Point, Product, Products, Ranking, Reason, Renewal, Renewals,
    Report, RowTable, Share, Since, Text, Totals, Trend,
};

const CUSTOMERS: [&str; 23] = [
    "Northwind Consulting",
    "Adatum Corporation",
    "Contoso Pharmaceuticals",
    "Coho Winery",
    "Fabrikam Residences",
    "Tailspin Toys",
    "Wide World Importers",
    "Proseware, Inc.",
    "Litware",
    "Fourth Coffee",
    "Graphic Design Institute",
    "Humongous Insurance",
    "Lucerne Publishing",
    "Margie's Travel",
    "Southridge Video",
    "Trey Research",
    "The Phone Company",
    "Wingtip Toys",
    "Woodgrove Bank",
    "Blue Yonder Airlines",
    "City Power & Light",
    "Consolidated Messenger",
    "Alpine Ski House",
];

const PRODUCTS: [&str; 14] = [
    "MICROSOFT 365 E3",
    "MICROSOFT 365 BUSINESS PREMIUM",
    "OFFICE 365 E1",
    "MICROSOFT 365 E5",
    "EXCHANGE ONLINE (PLAN 1)",
    "POWER BI PRO",
    "ENTERPRISE MOBILITY + SECURITY E3",
    "VISIO ONLINE PLAN 2",
    "DYNAMICS 365 SALES ENTERPRISE EDITION",
    "MICROSOFT 365 COPILOT",
    "PROJECT PLAN 3",
    "MICROSOFT DEFENDER FOR OFFICE 365 (PLAN 1)",
    "AZURE ACTIVE DIRECTORY PREMIUM P1",
    "MICROSOFT TEAMS ROOMS PRO",
];

/// What the pages are filled with.
pub(super) struct Sample {
    pub(super) name: &'static str,
    customers: Vec<String>,
    products: Vec<String>,
    currencies: Vec<&'static str>,
    /// Whether renewals and changes are known.
    has_history: bool,
}

impl Sample {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            customers: CUSTOMERS.map(str::to_owned).into(),
            products: PRODUCTS.map(str::to_owned).into(),
            currencies: vec!["EUR"],
            has_history: true,
        }
    }

    /// Without prices, history and renewals.
    pub(super) fn plain() -> Self {
        Self { currencies: Vec::new(), has_history: false, ..Self::new("plain") }
    }

    pub(super) fn of_currencies(currencies: &[&'static str]) -> Self {
        Self { currencies: currencies.to_vec(), ..Self::new("currencies") }
    }

    /// Customers and products have these names, again and again.
    pub(super) fn named(sample: &'static str, names: &[&str]) -> Self {
        let mut sample = Self::new(sample);
        for texts in [&mut sample.customers, &mut sample.products] {
            texts.iter_mut().zip(names.iter().cycle()).for_each(|(text, name)| (*name).clone_into(text));
        }
        sample
    }

    pub(super) fn report(&self) -> Report {
        let sorted = |names: &[String], step| {
            let groups = (0_i64..).zip(names).map(|(place, name)| self.group(name, place * step));
            let mut groups: Vec<_> = groups.collect();
            groups.sort_by_key(|group| std::cmp::Reverse(group.licenses.unused()));
            groups
        };
        let (customers, products) = (|| sorted(&self.customers, 1), || sorted(&self.products, 2));
        let mut rankings = vec![
            Ranking::new(Of::Customers, By::Unused, customers()),
            Ranking::new(Of::Products, By::Unused, products()),
        ];
        for currency in &self.currencies {
            for (of, mut groups) in [(Of::Customers, customers()), (Of::Products, products())] {
                groups.sort_by_key(|group| std::cmp::Reverse(group.costs.first().map(|cost| cost.unused)));
                rankings.push(Ranking::new(of, By::Cost(Text::new(currency)), groups));
            }
        }
        Report {
            facts: facts(),
            command: Text::sentence(
                "partner-center report --all-customers --prices prices.csv --output report.html",
            ),
            customers: 23,
            totals: self.totals(),
            rankings,
            heat_map: Some(self.heat_map()),
            renewals: self.renewals(),
            changes: self.changes(true),
            trend: self.trend(),
            caveats: caveats(),
            not_read: self.not_read(),
            rows: self.rows(),
        }
    }

    pub(super) fn customer(&self) -> CustomerReport {
        let products = (0_i64..).zip(self.products.iter().take(7)).map(|(place, name)| Product {
            group: Group { rows: 1, incomplete: u64::from(place == 4), ..self.group(name, place * 3) },
            renewal: (place % 2 == 0).then(|| Text::new("2026-12-14")),
            exceeding: place == 6,
        });
        CustomerReport {
            facts: facts(),
            customer: Text::new(&self.customers[0]),
            totals: self.totals(),
            products: Products::new(products),
            renewals: self.renewals(),
            changes: self.changes(false),
            caveats: caveats(),
            rows: self.rows(),
        }
    }

    pub(super) fn index(&self) -> Index {
        let entries = (0_i64..).zip(&self.customers).map(|(place, name)| Entry {
            customer: self.group(name, place),
            file: Text::new(&format!("customer-{place:08}.html")),
            workbook: (place % 2 == 0).then(|| Text::new(&format!("customer-{place:08}.xlsx"))),
        });
        Index {
            facts: facts(),
            command: Text::sentence("partner-center report pack --all-customers --output pack"),
            totals: self.totals(),
            pages: Pages::new(entries),
            caveats: caveats(),
            not_read: self.not_read(),
        }
    }

    /// The counts shrink with the place. Some parts are unknown.
    fn group(&self, name: &str, place: i64) -> Group {
        let sold = 9849 / (place + 1);
        let deployed = sold * (6319 + place * 97) / 9849;
        let active = sold * (1680 + place * 113) / 9849;
        let usage_known = place % 5 != 3;
        Group {
            name: Text::new(name),
            licenses: Licenses {
                sold: Some(sold),
                deployed: Some(deployed),
                active: usage_known.then_some(active),
                shelfware: Some(sold - deployed),
                idle: usage_known.then_some(deployed - active),
            },
            costs: self.costs(place),
            rows: 12,
            incomplete: u64::from(!usage_known) * 12,
        }
    }

    fn costs(&self, place: i64) -> Vec<Cost> {
        let cents = 3_060_200 / (place + 1);
        let priced = if place % 6 == 5 { &[][..] } else { &self.currencies };
        let costs = priced.iter().map(|currency| Cost {
            currency: Text::new(currency),
            shelfware: Some(Decimal::new(cents, 2)),
            idle: Some(Decimal::new(cents / 2, 2)),
            unused: Decimal::new(cents + cents / 2, 2),
        });
        costs.collect()
    }

    fn totals(&self) -> Totals {
        Totals {
            licenses: Licenses {
                sold: Some(20_762),
                deployed: Some(12_075),
                active: Some(5788),
                shelfware: Some(8750),
                idle: Some(4532),
            },
            costs: self
                .currencies
                .iter()
                .map(|currency| Cost {
                    currency: Text::new(currency),
                    shelfware: Some(Decimal::new(6_744_110, 2)),
                    idle: Some(Decimal::new(3_419_207, 2)),
                    unused: Decimal::new(10_163_317, 2),
                })
                .collect(),
            basis: Basis {
                rows: 80,
                with_shelfware: 78,
                with_idle: 58,
                incomplete: 22,
                contradicting: 3,
                unpriced: (!self.currencies.is_empty()).then_some(12),
            },
            since: self.has_history.then(|| Since {
                day: Text::new("2026-07-30"),
                sold: Some(314),
                deployed: Some(-120),
                active: Some(0),
                unused: Some(434),
                costs: self
                    .currencies
                    .iter()
                    .map(|currency| (Text::new(currency), Decimal::new(-142_250, 2)))
                    .collect(),
            }),
        }
    }

    fn heat_map(&self) -> HeatMap {
        let share = |customer: i64, product: i64| match (customer * 7 + product * 5) % 11 {
            0 | 3 | 8 => Share::None,
            6 => Share::Unknown,
            step => Share::Known { unused: (step * 13 + customer * 3) % 101, sold: 100 },
        };
        let customers = (0_i64..).zip(&self.customers).map(|(customer, name)| {
            let shares = (0_i64..).zip(&self.products).map(|(product, _)| share(customer, product));
            (Text::new(name), shares.collect())
        });
        HeatMap::new(self.products.iter().map(|name| Text::new(name)), customers)
    }

    fn renewals(&self) -> Option<Renewals> {
        self.has_history.then(|| Renewals {
            periods: [
                ("30 days", "2026-12-27"),
                ("31 to 60 days", "2027-01-26"),
                ("61 to 90 days", "2027-02-25"),
            ]
            .into_iter()
            .zip(1_i64..)
            .map(|((period, until), place)| Renewal {
                period: Text::new(period),
                until: Text::new(until),
                licenses: 310 + (place * 733) % 1900,
                unused: 100 + place * 31,
                not_known: (place - 1) * 17,
            })
            .collect(),
            notes: vec![Text::sentence("51 licenses are not matched.")],
        })
    }

    fn changes(&self, names_customers: bool) -> Option<Changes> {
        let names = self.customers.iter().zip(self.products.iter().cycle());
        let changes = (0_i64..).zip(names).map(|(place, (customer, product))| {
            let kind = match place {
                0 => ChangeKind::New,
                1 => ChangeKind::Gone,
                _ => ChangeKind::Changed,
            };
            let before = (kind != ChangeKind::New).then_some(1746 - place * 31);
            let after = (kind != ChangeKind::Gone).then_some(1366 + place * 17);
            Change {
                customer: names_customers.then(|| Text::new(customer)),
                product: Text::new(product),
                kind,
                sold: (before, after),
                active: (before.map(|count| count / 2), before.map(|count| count / 2)),
                unused: match kind {
                    ChangeKind::New => Some(61),
                    ChangeKind::Gone => Some(-57),
                    ChangeKind::Changed => (place != 4).then_some(-380 + place * 48),
                },
                costs: self
                    .currencies
                    .iter()
                    .map(|currency| (Text::new(currency), Decimal::new(-203_600 + place * 30_000, 2)))
                    .collect(),
            }
        });
        let note = "23 customers have rows on both days, 1 is new, 1 is gone.";
        self.has_history.then(|| Changes {
            notes: vec![Text::sentence(note)],
            elsewhere: names_customers.then(|| Text::sentence("the output of history diff")),
            ..Changes::new(Text::new("2026-07-30"), changes)
        })
    }

    fn trend(&self) -> Option<Trend> {
        let points = (0_i64..10).map(|place| Point {
            day: Text::new(&format!("2026-{:02}-30", place + 3)),
            place: place * 30,
            complete: place != 3,
            sold: Some(18_000 + place * 300),
            active: (place != 5).then_some(6100 - (place * 733) % 900),
            unused: Some(9000 + place * 470),
        });
        let note = "1 of these days is incomplete: its figures are at least these.";
        self.has_history.then(|| Trend { points: points.collect(), notes: vec![Text::sentence(note)] })
    }

    fn not_read(&self) -> Vec<NotRead> {
        let names = |count| self.customers.iter().rev().take(count).map(|name| Text::new(name));
        vec![
            NotRead::new(Reason::Failed, names(1)),
            NotRead::new(Reason::Skipped, names(2)),
            NotRead::new(Reason::WithoutRows, names(2)),
        ]
    }

    fn rows(&self) -> RowTable {
        let columns = [
            ("Customer", false),
            ("Product", false),
            ("Service", false),
            ("Sold", true),
            ("Deployed", true),
            ("Active", true),
            ("Shelfware", true),
            ("Idle", true),
            ("Unused", true),
            ("Flags", false),
        ];
        let columns = columns.map(|(heading, is_number)| Column { heading, is_number }).into();
        let rows: Vec<Vec<Text>> = self
            .customers
            .iter()
            .flat_map(|customer| {
                self.products.iter().step_by(4).map(|product| {
                    let cells =
                        [customer.as_str(), product, "o365", "1,366", "840", "784", "526", "56", "582", ""];
                    cells.map(Text::new).into()
                })
            })
            .collect();
        let count = u64::try_from(rows.len()).unwrap();
        RowTable::new(columns, rows, count, Text::sentence("report.xlsx"))
    }
}

fn facts() -> Facts {
    Facts {
        partner: Some(Text::new("Relecloud Partners")),
        day: Some(Text::new("2026-08-30")),
        age: Some(Text::new("2 months old")),
        source: Text::new("the commercial query"),
        recorded: Some(Text::new("2026-08-30")),
        program: Text::new("partner-center 0.1.0"),
        made: Text::new("2026-11-27 08:30 UTC"),
    }
}

fn caveats() -> Vec<Text> {
    vec![
        Text::sentence("The data is of 2026-08-30, 2 months old: what was assigned since then is not in it."),
        Text::sentence("22 of 80 rows have no usage: how many of their licenses are idle is not known."),
        Text::sentence("12 of 26 products have no price, so the cost is at least what is shown."),
    ]
}
