//! Hangul by initials (ㅎㄱㄷ for 홍길동) and in Latin letters.
//!
//! Korean names have no fixed spelling in Latin letters: 이 is Lee, Yi, Rhee; 지유 Ji-yu, Ji-yoo, Jiyou. So name and query are compared
//! in a rough form with a leading capital K: `rough_form` of the name, [`latin_query_readings`] of the query. Folded text has no
//! capitals, so the rough form of Mina never matches a name in Latin letters.

mod latin;
mod names;
mod query;
mod readings;
mod rough_form;
mod syllables;

pub(super) use query::{latin_query_readings, query_readings};
pub(super) use readings::{joined_name_readings, name_readings};
pub(super) use syllables::is_hangul;
