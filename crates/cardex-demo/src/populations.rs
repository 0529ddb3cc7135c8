//! The populations: shares of countries and languages, with their naming customs and networks.

use crate::names::{NameGroup, name_group};
use crate::phones::{NUMBER_PLANS, NumberPlan};

/// How full names are composed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NameStyle {
    /// A given name and a family name.
    Western,
    /// As `Western`; some family names start with O' or Mac.
    Celtic,
    /// As `Western`; some family names start with D' or De.
    Romance,
    /// Two family names.
    Spanish,
    /// Family names have a female form.
    Slavic,
    /// The father's name follows the given name.
    Arabic,
    /// Given names have two characters; the family name comes first, without a blank.
    Asian,
}

/// The shares of the networks.
#[derive(Clone, Copy)]
enum NetworkMix {
    World,
    China,
    Line,
    Sms,
}

/// The slots of a block: the sum of all shares.
pub(super) const SLOTS_PER_BLOCK: u64 = 1024;

/// A population as the table below specifies it.
struct PopulationSpec {
    names: &'static str,
    region: &'static str,
    language: &'static str,
    share: u16,
    style: NameStyle,
    roman: bool,
    network_mix: NetworkMix,
    /// The text before and after a family name in a company name.
    company_affixes: [&'static str; 2],
}

macro_rules! population_specs {
    ($($names:literal $region:literal $language:literal $share:literal $style:ident $form:ident $mix:ident
       $before:literal $after:literal;)*) => {
        [$(PopulationSpec {
            names: $names, region: $region, language: $language, share: $share, style: NameStyle::$style,
            roman: population_specs!($form), network_mix: NetworkMix::$mix, company_affixes: [$before, $after],
        }),*]
    };
    (native) => { false };
    (roman) => { true };
}

static POPULATION_SPECS: [PopulationSpec; 56] = population_specs! {
    "EN" "US" "en" 64 Celtic native Sms "" " & Sons LLC";
    "EN" "GB" "en-GB" 36 Celtic native World "" " & Co. Ltd";
    "EN" "CA" "en-CA" 15 Celtic native Sms "" " Holdings Inc.";
    "EN" "AU" "en-AU" 14 Western native Sms "" " Pty Ltd";
    "EN" "IE" "en-IE" 8 Celtic native World "" " Brothers Ltd";
    "EN" "NZ" "en-NZ" 6 Western native Sms "" " Farms";
    "FR" "FR" "fr" 44 Romance native World "Cabinet " "";
    "FR" "BE" "fr-BE" 8 Romance native World "Maison " " SPRL";
    "FR" "CH" "fr-CH" 6 Romance native World "" " et Fils SA";
    "DE" "DE" "de" 34 Western native World "" " GmbH";
    "DE" "AT" "de-AT" 8 Western native World "" " & Söhne OG";
    "DE" "CH" "de-CH" 8 Western native World "" " AG";
    "ES" "ES" "es" 24 Spanish native World "Hermanos " " S.L.";
    "ES" "MX" "es-MX" 26 Spanish native World "Grupo " " S.A. de C.V.";
    "ES" "AR" "es-AR" 12 Spanish native World "Estudio " "";
    "ES" "CO" "es-CO" 12 Spanish native World "Comercial " " Ltda.";
    "ES" "CL" "es-CL" 8 Spanish native World "Viña " "";
    "ES" "PE" "es-PE" 8 Spanish native World "Inversiones " " S.A.C.";
    "PT" "BR" "pt-BR" 28 Spanish native World "Irmãos " " Ltda";
    "PT" "PT" "pt" 10 Spanish native World "Casa " "";
    "IT" "IT" "it" 20 Romance native World "Fratelli " " S.p.A.";
    "PL" "PL" "pl" 10 Western native World "" " Spółka z o.o.";
    "NL" "NL" "nl" 10 Western native World "" " B.V.";
    "NO" "DK" "da" 4 Western native Sms "" " ApS";
    "NO" "NO" "nb" 5 Western native Sms "" " AS";
    "FI" "FI" "fi" 4 Western native World "" " Oy";
    "CZ" "CZ" "cs" 6 Western native World "" " s.r.o.";
    "HU" "HU" "hu" 6 Western native World "" " Kft.";
    "RO" "RO" "ro" 6 Western native World "" " SRL";
    "TR" "TR" "tr" 10 Western native World "" " Ticaret A.Ş.";
    "HR" "HR" "hr" 5 Western native World "" " d.o.o.";
    "VN" "VN" "vi" 12 Western native Line "Công ty " "";
    "CN" "HK" "en-HK" 8 Asian roman China "" " Trading Ltd";
    "KR" "KR" "en-KR" 6 Asian roman Line "" " Corporation";
    "JP" "JP" "en-JP" 6 Asian roman Line "" " Shoten";
    "HI" "IN" "en-IN" 12 Western roman World "" " Enterprises";
    "AR" "AE" "en-AE" 6 Arabic roman World "" " Trading LLC";
    "CN" "CN" "zh-Hans" 100 Asian native China "" "有限公司";
    "TW" "TW" "zh-Hant" 22 Asian native Line "" "股份有限公司";
    "JP" "JP" "ja" 58 Asian native Line "株式会社" "商店";
    "JK" "JP" "ja" 22 Asian native Line "カ)" "";
    "KR" "KR" "ko" 48 Asian native Line "(주)" "상사";
    "RU" "RU" "ru" 58 Slavic native World "ООО " "";
    "BG" "BG" "bg" 10 Slavic native World "" " ООД";
    "KZ" "KZ" "kk" 11 Slavic native World "ТОО " "";
    "RS" "RS" "sr" 8 Western native World "" " д.о.о.";
    "GR" "GR" "el" 22 Western native World "Αφοί " " Α.Ε.";
    "GR" "CY" "el-CY" 5 Western native World "" " Λτδ";
    "AR" "AE" "ar-AE" 14 Arabic native World "شركة " "";
    "AR" "SA" "ar-SA" 24 Arabic native World "مؤسسة " "";
    "AR" "EG" "ar-EG" 24 Arabic native World "مكتب " "";
    "HE" "IL" "he" 22 Western native World "" " בע״מ";
    "AM" "AM" "hy" 14 Western native World "" " ՍՊԸ";
    "GE" "GE" "ka" 14 Western native World "შპს " "";
    "HI" "IN" "hi" 18 Western native World "" " एंड संस";
    "TH" "TH" "th" 15 Western native Line "บริษัท " "";
};

/// A population with its names and its numbering plan.
#[derive(Clone)]
pub(super) struct Population {
    pub(super) names: &'static NameGroup,
    pub(super) plan: &'static NumberPlan,
    /// The slots per block of all populations with this plan.
    pub(super) plan_slots: u16,
    pub(super) language: &'static str,
    pub(super) style: NameStyle,
    pub(super) roman: bool,
    pub(super) company_affixes: [&'static str; 2],
    network_mix: NetworkMix,
}

/// A slot of a block: the index of its population, and its rank among the slots with the same plan.
#[derive(Clone, Copy, Default)]
pub(super) struct PopulationSlot {
    pub(super) population: u16,
    pub(super) nth: u16,
}

impl Population {
    /// The population with romanised names.
    pub(super) fn romanised(&self) -> Self {
        Self { roman: true, ..self.clone() }
    }

    /// Weights of the networks, in hundredths: WHATSAPP, SMS, WECHAT, SMS-DIRECT, LINE, WHATSAPP-DIRECT.
    pub(super) const fn network_weights(&self) -> [usize; 6] {
        match self.network_mix {
            NetworkMix::World => [64, 14, 2, 6, 2, 12],
            NetworkMix::China => [14, 8, 70, 2, 3, 3],
            NetworkMix::Line => [24, 14, 8, 5, 44, 5],
            NetworkMix::Sms => [34, 36, 2, 18, 2, 8],
        }
    }
}

/// All populations, and the slots of a block.
pub(super) fn populations() -> (Vec<Population>, Vec<PopulationSlot>) {
    let (mut populations, mut slots) = (Vec::new(), Vec::new());
    for (at, spec) in (0_u16..).zip(&POPULATION_SPECS) {
        let plan = NUMBER_PLANS.iter().find(|plan| plan.region == spec.region);
        let (Some(names), Some(plan)) = (name_group(spec.names), plan) else { continue };
        let share = |specs: &[PopulationSpec]| {
            specs.iter().filter(|s| s.region == spec.region).fold(0_u16, |sum, s| sum.saturating_add(s.share))
        };
        let before = share(POPULATION_SPECS.get(..usize::from(at)).unwrap_or_default());
        slots.extend(
            (0..spec.share).map(|n| PopulationSlot { population: at, nth: before.saturating_add(n) }),
        );
        populations.push(Population {
            names,
            plan,
            plan_slots: share(&POPULATION_SPECS),
            language: spec.language,
            style: spec.style,
            roman: spec.roman,
            company_affixes: spec.company_affixes,
            network_mix: spec.network_mix,
        });
    }
    (populations, slots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_consistent() {
        let (populations, slots) = populations();
        assert_eq!(
            (populations.len(), slots.len()),
            (POPULATION_SPECS.len(), usize::try_from(SLOTS_PER_BLOCK).unwrap())
        );
        assert!(
            populations.iter().all(|population| population.network_weights().iter().sum::<usize>() == 100)
        );
        for population in &populations {
            // The range is large enough for the first phones of 100 million contacts.
            let needed = 100_000_000 / SLOTS_PER_BLOCK * u64::from(population.plan_slots);
            assert!(population.plan.mobile.size() > needed, "{}", population.plan.region);
        }
    }
}
