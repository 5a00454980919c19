//! The products that the partner resells, with the SKU ids that Microsoft publishes, and their workloads.

/// A service, as in `serviceCode` and `serviceName`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Service {
    /// `crm`: Dynamics.
    Dynamics,
    /// `o365`: Office 365 and related products.
    Office365,
}

impl Service {
    /// `o365` or `crm`. The classic endpoints print it as `serviceName`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Dynamics => "crm",
            Self::Office365 => "o365",
        }
    }

    /// `Microsoft Office 365` or `Microsoft Dynamics`, as the commercial endpoints print it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dynamics => "Microsoft Dynamics",
            Self::Office365 => "Microsoft Office 365",
        }
    }
}

/// A workload with usage counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Workload {
    /// The code, such as `EXO`.
    pub code: &'static str,
    /// The name, such as `Exchange`.
    pub name: &'static str,
}

/// A product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Product {
    /// The SKU id in upper case, as in the commercial endpoints.
    pub id: &'static str,
    /// The part number, as in the SKUs of a customer.
    pub part_number: &'static str,
    /// The name in upper case, as in the analytics endpoints.
    pub name: &'static str,
    /// The name as it is sold, which differs from [`name`](Self::name) only in letter case.
    pub title: &'static str,
    /// The service it belongs to.
    pub service: Service,
    /// The workloads with usage counts; empty for products without usage data.
    pub workloads: &'static [Workload],
}

const EXO: Workload = Workload { code: "EXO", name: "Exchange" };
const SPO: Workload = Workload { code: "SPO", name: "SharePoint" };
const SFB: Workload = Workload { code: "SFB", name: "Skype For Business" };
const TEAMS: Workload = Workload { code: "TEAMS", name: "Teams" };
const ODB: Workload = Workload { code: "ODB", name: "OneDrive For Business" };
const YAMMER: Workload = Workload { code: "YAMMER", name: "Yammer" };
const CRM: Workload = Workload { code: "CRM", name: "Microsoft Dynamics CRM" };

const SUITE: &[Workload] = &[EXO, SPO, SFB, TEAMS, ODB];
const LARGE_SUITE: &[Workload] = &[EXO, SPO, SFB, TEAMS, ODB, YAMMER];

macro_rules! products {
    ($($constant:ident: $service:ident $id:literal $part:literal $name:literal $title:literal $workloads:expr;)*) => {
        $(pub(super) const $constant: Product = Product {
            id: $id,
            part_number: $part,
            name: $name,
            title: $title,
            service: Service::$service,
            workloads: $workloads,
        };)*
        /// All products.
        pub(super) static CATALOG: &[Product] = &[$($constant),*];
    };
}

products! {
    ESSENTIALS: Office365 "3B555118-DA6A-4418-894F-7DF1E2096870" "O365_BUSINESS_ESSENTIALS" "OFFICE 365 BUSINESS ESSENTIALS" "Office 365 Business Essentials" &[EXO, SPO, SFB];
    EXCHANGE_1: Office365 "4B9405B0-7788-4568-ADD1-99614E613B69" "EXCHANGESTANDARD" "EXCHANGE ONLINE (PLAN 1)" "Exchange Online (Plan 1)" &[EXO];
    ARCHIVING: Office365 "EE02FD1B-340E-4A4B-B355-4A514E4C8943" "EXCHANGEARCHIVE_ADDON" "EXCHANGE ONLINE ARCHIVING FOR EXCHANGE ONLINE" "Exchange Online Archiving for Exchange Online" &[EXO];
    EXCHANGE_2: Office365 "19EC0D23-8335-4CBD-94AC-6050E30712FA" "EXCHANGEENTERPRISE" "EXCHANGE ONLINE (PLAN 2)" "Exchange Online (Plan 2)" &[EXO];
    PROTECTION: Office365 "45A2423B-E884-448D-A831-D9E139C52D2F" "EOP_ENTERPRISE" "EXCHANGE ONLINE PROTECTION" "Exchange Online Protection" &[EXO];
    OFFICE_E1: Office365 "18181A46-0D4E-45CD-891E-60AABD171B4E" "STANDARDPACK" "OFFICE 365 ENTERPRISE E1" "Office 365 Enterprise E1" SUITE;
    OFFICE_E3: Office365 "6FD2C87F-B296-42F0-B197-1E91E994B900" "ENTERPRISEPACK" "OFFICE 365 ENTERPRISE E3" "Office 365 Enterprise E3" LARGE_SUITE;
    OFFICE_E5: Office365 "C7DF2760-2C81-4EF7-B578-5B5392B571DF" "ENTERPRISEPREMIUM" "OFFICE 365 ENTERPRISE E5" "Office 365 Enterprise E5" LARGE_SUITE;
    STANDARD: Office365 "F245ECC8-75AF-4F8E-B61F-27D8114DE5F3" "O365_BUSINESS_PREMIUM" "MICROSOFT 365 BUSINESS STANDARD" "Microsoft 365 Business Standard" SUITE;
    PREMIUM: Office365 "CBDC14AB-D96C-4C30-B9F4-6ADA7CDC1D46" "SPB" "MICROSOFT 365 BUSINESS PREMIUM" "Microsoft 365 Business Premium" SUITE;
    M365_E3: Office365 "05E9A617-0261-4CEE-BB44-138D3EF5D965" "SPE_E3" "MICROSOFT 365 E3" "Microsoft 365 E3" LARGE_SUITE;
    M365_E5: Office365 "06EBC4EE-1BB5-47DD-8120-11324BC54E06" "SPE_E5" "MICROSOFT 365 E5" "Microsoft 365 E5" LARGE_SUITE;
    M365_F3: Office365 "66B55226-6B4F-492C-910C-A3B7A3C9D993" "SPE_F1" "MICROSOFT 365 F3" "Microsoft 365 F3" &[EXO, TEAMS];
    COPILOT: Office365 "639DEC6B-BB19-468B-871C-C5C441C4B0CB" "Microsoft_365_Copilot" "MICROSOFT 365 COPILOT" "Microsoft 365 Copilot" &[];
    SHAREPOINT_1: Office365 "1FC08A02-8B3D-43B9-831E-F76859E04E1A" "SHAREPOINTSTANDARD" "SHAREPOINT ONLINE (PLAN 1)" "SharePoint Online (Plan 1)" &[SPO];
    SHAREPOINT_2: Office365 "A9732EC9-17D9-494C-A51C-D6B45B384DCB" "SHAREPOINTENTERPRISE" "SHAREPOINT ONLINE (PLAN 2)" "SharePoint Online (Plan 2)" &[SPO, ODB];
    MOBILITY_E3: Office365 "EFCCB6F7-5641-4E0E-BD10-B4976E1BF68E" "EMS" "ENTERPRISE MOBILITY + SECURITY E3" "Enterprise Mobility + Security E3" &[];
    ENTRA_P1: Office365 "078D2B04-F1BD-4111-BBD4-B4B1B354CEF4" "AAD_PREMIUM" "MICROSOFT ENTRA ID P1" "Microsoft Entra ID P1" &[];
    POWER_BI: Office365 "F8A1DB68-BE16-40ED-86D5-CB42CE701560" "POWER_BI_PRO" "POWER BI PRO" "Power BI Pro" &[];
    VISIO_2: Office365 "C5928F49-12BA-48F7-ADA3-0D743A3601D5" "VISIOCLIENT" "VISIO PLAN 2" "Visio Plan 2" &[];
    PROJECT_3: Office365 "53818B1B-4A27-454B-8896-0DBA576410E6" "PROJECTPROFESSIONAL" "PROJECT PLAN 3" "Project Plan 3" &[SPO];
    CALLING: Office365 "D3B4FE1F-9992-4930-8ACB-CA6EC609365E" "MCOPSTN2" "DOMESTIC AND INTERNATIONAL CALLING PLAN" "Domestic and International Calling Plan" &[SFB];
    AX_TASK: Dynamics "54B84594-9C77-4499-8D65-5E0D5F410E78" "AX_TASK_USER" "DYNAMICS AX TASK" "Dynamics AX Task" &[CRM];
    SALES: Dynamics "1E1A282C-9C54-43A2-9310-98EF728FAACE" "DYN365_ENTERPRISE_SALES" "DYNAMICS 365 SALES ENTERPRISE" "Dynamics 365 Sales Enterprise" &[CRM, SPO];
    CUSTOMER_SERVICE: Dynamics "749742BF-0D37-4158-A120-33567104DEEB" "DYN365_ENTERPRISE_CUSTOMER_SERVICE" "DYNAMICS 365 CUSTOMER SERVICE ENTERPRISE" "Dynamics 365 Customer Service Enterprise" &[CRM];
    BUSINESS_CENTRAL: Dynamics "2880026B-2B0C-4251-8656-5D41FF11E3AA" "DYN365_BUSCENTRAL_ESSENTIAL" "DYNAMICS 365 BUSINESS CENTRAL ESSENTIALS" "Dynamics 365 Business Central Essentials" &[];
}

pub(super) const EXCHANGE_WORKLOAD: Workload = EXO;
pub(super) const SHAREPOINT_WORKLOAD: Workload = SPO;
pub(super) const SKYPE_WORKLOAD: Workload = SFB;
pub(super) const DYNAMICS_WORKLOAD: Workload = CRM;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_upper_case_guids_and_no_name_repeats() {
        let mut seen = HashSet::new();
        for product in CATALOG {
            assert!(uuid::Uuid::parse_str(product.id).is_ok(), "{}", product.name);
            assert_eq!(product.id, product.id.to_uppercase());
            assert_eq!(product.name, product.title.to_uppercase());
            let new = [product.id, product.name, product.part_number].map(|text| seen.insert(text));
            assert_eq!(new, [true; 3], "{} repeats", product.name);
        }
    }
}
