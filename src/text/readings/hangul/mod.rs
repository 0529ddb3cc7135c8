//! Hangul by its initials (ㅎㄱㄷ for 홍길동) and in Latin letters.
//!
//! Koreans spell their names in Latin letters as they please: 이 is Lee, Yi, Rhee; 지유 Ji-yu, Ji-yoo, Jiyou. So both
//! sides meet in a rough form, [`rough`] of the name and [`typed_latin`] of the query, with a capital K before it: folded
//! text has no capitals, so the rough form of Mina never meets a name in Latin letters.

mod latin;
mod names;
mod query;
mod readings;
mod rough_form;
mod syllables;

pub(super) use query::{latin_query_readings, query_readings};
pub(super) use readings::{joined_name_readings, name_readings};
pub(super) use syllables::is_hangul;
