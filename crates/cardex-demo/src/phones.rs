//! Phone numbers: the n-th number of a country. All numbers are different.

use crate::rng::{mix, mix2};

/// A range of numbers: a prefix, then `digits` digits from `first` on.
pub(super) struct NumberRange {
    prefixes: &'static [&'static str],
    digits: u32,
    first: u64,
}

/// The numbering plan of a country, reduced to some prefixes.
pub(super) struct NumberPlan {
    pub(super) region: &'static str,
    code: &'static str,
    pub(super) mobile: NumberRange,
    pub(super) fixed: NumberRange,
}

impl NumberRange {
    /// The count of different numbers.
    pub(super) const fn size(&self) -> u64 {
        self.per_prefix().saturating_mul(self.prefixes.len() as u64)
    }

    const fn per_prefix(&self) -> u64 {
        10_u64.saturating_pow(self.digits).saturating_sub(self.first)
    }
}

impl NumberPlan {
    /// The n-th number, `+` and digits. Different `n` below the size of the range give different numbers.
    pub(super) fn number(&self, range: &NumberRange, seed: u64, n: u64) -> String {
        let n = shuffle(n, range.size(), seed);
        let prefix = n.checked_div(range.per_prefix()).unwrap_or(0);
        let prefix = usize::try_from(prefix).ok().and_then(|at| range.prefixes.get(at)).copied();
        let rest = n.checked_rem(range.per_prefix()).unwrap_or(0).saturating_add(range.first);
        let mut out = String::with_capacity(16);
        out.push('+');
        out.push_str(self.code);
        out.push_str(prefix.unwrap_or_default());
        push_number(&mut out, rest, range.digits);
        out
    }
}

/// Permutes the numbers below `size`, a multiple of 10,000. A Feistel network with addition, so it is a bijection.
fn shuffle(n: u64, size: u64, seed: u64) -> u64 {
    const LOW: u64 = 10_000;
    let rows = (size / LOW).max(1);
    let mut high = (n / LOW).checked_rem(rows).unwrap_or(0);
    let mut low = n % LOW;
    for round in 0..2_u64 {
        let key = seed.wrapping_add(round);
        high = (mix2(key, low) >> 32).wrapping_add(high).checked_rem(rows).unwrap_or(0);
        low = (mix(key ^ high) >> 32).wrapping_add(low) % LOW;
    }
    high.saturating_mul(LOW).saturating_add(low)
}

/// Appends a number with at least `width` digits.
pub(super) fn push_number(out: &mut String, mut n: u64, width: u32) {
    let mut digits = [b'0'; 20];
    let mut used = 0_u32;
    for digit in digits.iter_mut().rev() {
        if n == 0 && used >= width.max(1) {
            break;
        }
        *digit = b'0'.saturating_add(u8::try_from(n % 10).unwrap_or(0));
        n /= 10;
        used = used.saturating_add(1);
    }
    let from = digits.len().saturating_sub(used as usize);
    out.push_str(digits.get(from..).and_then(|tail| std::str::from_utf8(tail).ok()).unwrap_or_default());
}

macro_rules! number_plans {
    ($($region:literal $code:literal [$($mobile:literal)*] $md:literal from $ml:literal,
       [$($fixed:literal)*] $fd:literal from $fl:literal;)*) => {
        [$(NumberPlan {
            region: $region,
            code: $code,
            mobile: NumberRange { prefixes: &[$($mobile),*], digits: $md, first: $ml },
            fixed: NumberRange { prefixes: &[$($fixed),*], digits: $fd, first: $fl },
        }),*]
    };
}

/// The plans: region, calling code, mobile prefixes and fixed-line prefixes, each with the count and start of the digits
/// that follow.
pub(super) static NUMBER_PLANS: [NumberPlan; 50] = number_plans! {
    "US" "1" ["206" "213" "214" "305" "312" "404" "415" "512" "602" "617" "646" "702" "713" "718" "917"] 7 from 2_000_000,
        ["202" "216" "303" "313" "503" "614" "619" "704" "804" "813"] 7 from 2_000_000;
    "CA" "1" ["416" "604" "514" "403" "647" "780"] 7 from 2_000_000, ["613" "902" "204" "506"] 7 from 2_000_000;
    "GB" "44" ["7400" "7410" "7550" "7730" "7850" "7940"] 6 from 0, ["207" "208"] 7 from 0;
    "IE" "353" ["83" "85" "86" "87" "89"] 7 from 0, ["14" "16" "18"] 6 from 0;
    "AU" "61" ["41" "42" "43"] 7 from 0, ["28" "29" "38" "39"] 7 from 0;
    "NZ" "64" ["21" "22" "27"] 7 from 2_000_000, ["93" "94"] 6 from 0;
    "FR" "33" ["61" "62" "66" "67" "75" "77" "78"] 7 from 0, ["14" "47" "49"] 7 from 0;
    "BE" "32" ["47" "48" "49"] 7 from 0, ["25" "26"] 6 from 0;
    "CH" "41" ["76" "78" "79"] 7 from 2_000_000, ["44" "22" "31"] 7 from 2_000_000;
    "DE" "49" ["1511" "1512" "1516" "170" "171" "172" "173" "175"] 7 from 0, ["30" "89"] 7 from 2_000_000;
    "AT" "43" ["664" "676" "699" "660"] 7 from 0, ["15" "18"] 6 from 0;
    "ES" "34" ["61" "62" "63" "65" "66" "68"] 7 from 0, ["91" "93"] 7 from 2_000_000;
    "MX" "52" ["551" "554" "331" "811"] 7 from 0, ["555" "558" "333" "818"] 7 from 0;
    "AR" "54" ["9113" "9114" "9115" "9116"] 7 from 0, ["114" "115"] 7 from 0;
    "CO" "57" ["300" "301" "310" "311" "312" "320"] 7 from 0, ["601" "604"] 7 from 2_000_000;
    "CL" "56" ["95" "98" "99"] 7 from 0, ["222" "223" "226"] 6 from 0;
    "PE" "51" ["94" "98" "99"] 7 from 0, ["14" "15"] 6 from 0;
    "BR" "55" ["1199" "2199" "3199" "4199" "1198" "2198"] 7 from 0, ["113" "213" "313"] 7 from 0;
    "PT" "351" ["91" "93" "96"] 7 from 0, ["21" "22"] 7 from 0;
    "IT" "39" ["320" "328" "333" "338" "340" "347" "348"] 7 from 0, ["064" "024" "065"] 7 from 0;
    "PL" "48" ["50" "60" "69"] 7 from 0, ["22" "12"] 7 from 0;
    "NL" "31" ["61" "62" "64" "65"] 7 from 0, ["20" "10" "70"] 7 from 2_000_000;
    "DK" "45" ["20" "30" "40" "50" "60"] 6 from 0, ["33" "36"] 6 from 0;
    "NO" "47" ["45" "46" "47" "90" "91" "92" "98"] 6 from 0, ["22" "23"] 6 from 0;
    "FI" "358" ["40" "50" "45"] 7 from 0, ["92"] 6 from 0;
    "CZ" "420" ["602" "603" "604" "721" "777"] 6 from 0, ["22"] 7 from 0;
    "HU" "36" ["20" "30" "70"] 7 from 2_000_000, ["13" "14"] 6 from 0;
    "RO" "40" ["72" "74" "75" "76"] 7 from 0, ["21"] 7 from 0;
    "TR" "90" ["530" "532" "533" "535" "541" "542" "505"] 7 from 2_000_000, ["212" "216" "312"] 7 from 2_000_000;
    "HR" "385" ["91" "95" "98" "99"] 7 from 0, ["14" "16"] 6 from 0;
    "VN" "84" ["90" "91" "93" "97" "98"] 7 from 0, ["243" "283"] 7 from 0;
    "RU" "7" ["903" "905" "910" "915" "916" "921" "925" "926"] 7 from 0, ["495" "499" "812"] 7 from 2_000_000;
    "BG" "359" ["87" "88" "89"] 7 from 0, ["28" "29"] 6 from 0;
    "KZ" "7" ["701" "702" "705" "707" "777"] 7 from 0, ["7272" "7172"] 6 from 0;
    "RS" "381" ["60" "62" "63" "64"] 7 from 0, ["112" "113"] 6 from 0;
    "GR" "30" ["693" "694" "697" "698"] 7 from 0, ["210" "231"] 7 from 0;
    "CY" "357" ["96" "97" "99"] 6 from 0, ["22" "25"] 6 from 0;
    "AE" "971" ["50" "52" "54" "55" "56"] 7 from 0, ["42" "43"] 6 from 0;
    "SA" "966" ["50" "53" "54" "55" "56"] 7 from 0, ["112" "114"] 6 from 0;
    "EG" "20" ["100" "101" "106" "111" "112" "120" "122"] 7 from 0, ["22" "23"] 7 from 0;
    "IL" "972" ["50" "52" "54" "58"] 7 from 2_000_000, ["35" "36"] 6 from 0;
    "AM" "374" ["77" "91" "93" "94" "96" "98" "99"] 6 from 0, ["10"] 6 from 0;
    "GE" "995" ["555" "557" "558" "568" "571" "577" "591" "593" "595" "599"] 6 from 0, ["322"] 6 from 0;
    "IN" "91" ["90" "94" "96" "97" "98" "99"] 8 from 0, ["112" "222"] 7 from 0;
    "TH" "66" ["81" "86" "89" "91" "95"] 7 from 0, ["22" "25"] 6 from 0;
    "JP" "81" ["70" "80" "90"] 8 from 10_000_000, ["33" "35"] 7 from 0;
    "KR" "82" ["10"] 8 from 20_000_000, ["25" "26"] 7 from 0;
    "CN" "86" ["135" "136" "138" "139" "150" "158" "186" "188"] 8 from 0, ["106" "108" "216"] 7 from 0;
    "TW" "886" ["91" "92" "93" "97" "98"] 7 from 0, ["22" "27"] 7 from 0;
    "HK" "852" ["51" "61" "91" "96"] 6 from 0, ["23" "25" "28"] 6 from 0;
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rlibphonenumber::PHONE_NUMBER_UTIL;

    use super::*;

    #[test]
    fn shuffle_is_a_bijection() {
        for size in [10_000, 30_000, 470_000] {
            let seen: HashSet<u64> = (0..size).map(|n| shuffle(n, size, 7)).collect();
            assert!(seen.len() as u64 == size && seen.iter().all(|&n| n < size));
        }
    }

    #[test]
    fn no_prefix_starts_another() {
        let all: Vec<String> = NUMBER_PLANS
            .iter()
            .flat_map(|p| p.mobile.prefixes.iter().chain(p.fixed.prefixes).map(|x| format!("{}{x}", p.code)))
            .collect();
        for (i, a) in all.iter().enumerate() {
            assert!(all.iter().enumerate().all(|(j, b)| i == j || !b.starts_with(a.as_str())), "{a}");
        }
        assert!(NUMBER_PLANS.iter().all(|p| p.mobile.size() % 10_000 == 0 && p.fixed.size() % 10_000 == 0));
    }

    /// At least 97 % of the numbers are valid in total, and at least 80 % in each range.
    #[test]
    fn numbers_fit_the_plans() {
        let (mut good, mut poor) = (0, Vec::new());
        for plan in &NUMBER_PLANS {
            for range in [&plan.mobile, &plan.fixed] {
                let valid = |n: &u64| {
                    let number = PHONE_NUMBER_UTIL.parse(plan.number(range, 1, *n), None).unwrap();
                    PHONE_NUMBER_UTIL.is_valid_number(&number)
                };
                let valid = (0..100).filter(valid).count();
                if valid < 80 {
                    poor.push((plan.region, range.prefixes, valid));
                }
                good += valid;
            }
        }
        println!("{good} of {}", NUMBER_PLANS.len() * 200);
        assert!(poor.is_empty(), "{poor:?}");
        assert!(good * 100 >= NUMBER_PLANS.len() * 200 * 97, "{good}");
    }

    #[test]
    fn digits() {
        let text = |n, width| {
            let mut out = String::new();
            push_number(&mut out, n, width);
            out
        };
        assert_eq!(
            (text(0, 0), text(42, 5), text(u64::MAX, 1)),
            ("0".into(), "00042".into(), u64::MAX.to_string())
        );
    }
}
