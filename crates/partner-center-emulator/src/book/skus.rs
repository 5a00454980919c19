//! What a customer's tenant has now: a SKU for each product it holds, free ones, and for some a game.

use super::DeploymentRow;

/// A SKU of a customer's tenant on the latest day of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sku {
    /// The id, which is that of the product.
    pub id: &'static str,
    /// The part number.
    pub part_number: &'static str,
    /// The name.
    pub name: &'static str,
    /// The group of licenses: `group1`, or `group2` for Minecraft.
    pub group: &'static str,
    /// How many licenses are active.
    pub active: u64,
    /// How many licenses are in the time of warning after their end.
    pub warning: u64,
    /// How many licenses are assigned.
    pub assigned: u64,
}

impl Sku {
    /// How many licenses can be assigned; negative if more are assigned than there are.
    pub fn available(&self) -> i64 {
        (self.active + self.warning).cast_signed() - self.assigned.cast_signed()
    }
}

/// The SKUs that cost nothing and come with thousands of units.
const FREE: [(&str, &str, &str, u64); 2] = [
    ("F30DB892-07E9-47E9-837C-80727F46FD3D", "FLOW_FREE", "Microsoft Power Automate Free", 10_000),
    ("A403EBCC-FAE0-4CA2-8C8C-7A907FD6C235", "POWER_BI_STANDARD", "Microsoft Fabric (Free)", 1_000_000),
];

/// The SKUs of the customer at this index, with these rows on the latest day. Deployed licenses are assigned.
pub(super) fn of(index: usize, rows: &[DeploymentRow]) -> Vec<Sku> {
    let mut all: Vec<_> = rows
        .iter()
        .map(|row| Sku {
            id: row.product.id,
            part_number: row.product.part_number,
            name: row.product.title,
            group: "group1",
            active: row.licenses_sold,
            warning: 0,
            assigned: row.licenses_deployed,
        })
        .collect();
    if !all.is_empty() {
        all.extend(FREE.into_iter().map(|(id, part_number, name, units)| Sku {
            id,
            part_number,
            name,
            group: "group1",
            active: units,
            warning: 0,
            assigned: index as u64 % 7,
        }));
    }
    if index % 7 == 2 {
        all.push(Sku {
            id: "984DF360-9A74-4647-8CF8-696749F6247A",
            part_number: "CFQ7TTC0K5DR/0002",
            name: "Minecraft Education Edition Faculty",
            group: "group2",
            active: 72,
            warning: 0,
            assigned: 49,
        });
    }
    all
}
