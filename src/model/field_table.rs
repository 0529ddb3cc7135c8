//! The table of the plain text fields of a contact. Everything that all of them need is derived from it.

/// Calls a macro with the table: `plain_fields!(callback)`, or `plain_fields!(callback, words for the callback)`.
///
/// A row is `Variant member { properties }`. The variant is that of [`Field`](crate::model::Field) and
/// [`PlainField`](crate::model::PlainField). The member is the field of `Contact` and `NewContact`, the setter of `NewContact` and
/// `ContactPatch`, and the column of the table `contact`. The comment is the help of the command line too. The order of the rows is
/// that of columns, CSV headings and options. The properties:
///
/// - `name`: the name in JSON, errors and changes.
/// - `label`: the name in the output of `show`.
/// - `option`: the option of the command line.
/// - `limit`: the most characters, a constant of [`limits`](crate::model::limits).
/// - `change_bit`: the bit in the change log. A bit is never used again. `src/feed/changes.rs` has those of other fields.
/// - `merge`: a variant of [`MergeRule`](crate::model::MergeRule).
/// - `search`: a variant of [`SearchableAs`](crate::model::SearchableAs). A change needs a new `FOLD_VERSION`.
/// - `csv`: the heading in exports, then other headings in imports, in lower case without blanks.
/// - `vcard`: a variant of [`VcardProperty`](crate::model::VcardProperty).
macro_rules! plain_fields {
    ($callback:ident $(, $($words:tt)*)?) => {
        $callback! {
            [$($($words)*)?]
            /// First (given) name.
            FirstName first_name {
                name: "firstName", label: "first name", option: "first", limit: NAME, change_bit: 0, merge: WholeName,
                search: FirstName, csv: "First Name" ["givenname", "first", "forename"], vcard: GivenName,
            }
            /// Last (family) name.
            LastName last_name {
                name: "lastName", label: "last name", option: "last", limit: NAME, change_bit: 1, merge: WholeName,
                search: LastName, csv: "Last Name" ["familyname", "last", "surname"], vcard: FamilyName,
            }
            /// Display name. Without it, the name is derived from other fields.
            DisplayName display_name {
                name: "displayName", label: "display name", option: "display", limit: NAME, change_bit: 2, merge: WholeName,
                search: DisplayName, csv: "Display Name" ["name", "fullname"], vcard: FormattedName,
            }
            /// Nickname.
            Nickname nickname {
                name: "nickname", label: "nickname", option: "nickname", limit: NAME, change_bit: 3, merge: Gap,
                search: Words, csv: "Nickname" [], vcard: FirstOfList("NICKNAME"),
            }
            /// Company.
            Company company {
                name: "company", label: "company", option: "company", limit: COMPANY, change_bit: 4, merge: Gap,
                search: Words,
                csv: "Company" ["companyname", "organization", "organisation", "organizationname", "organization1name"],
                vcard: FirstComponent("ORG"),
            }
            /// Preferred language.
            Language language {
                name: "language", label: "language", option: "language", limit: LANGUAGE, change_bit: 5, merge: Gap,
                search: Nothing, csv: "Language" ["preferredlanguage"], vcard: Text("LANG"),
            }
            /// City.
            City city {
                name: "city", label: "city", option: "city", limit: PLACE_NAME, change_bit: 14, merge: Gap,
                search: Nothing, csv: "City" [], vcard: Extension("X-CARDEX-CITY"),
            }
            /// Country, as given: a name or an ISO code.
            Country country {
                name: "country", label: "country", option: "country", limit: PLACE_NAME, change_bit: 15, merge: Gap,
                search: Nothing, csv: "Country" [], vcard: Extension("X-CARDEX-COUNTRY"),
            }
            /// UID of the card.
            Uid uid {
                name: "uid", label: "uid", option: "uid", limit: UID, change_bit: 10, merge: Gap,
                search: Nothing, csv: "UID" ["id"], vcard: Text("UID"),
            }
        }
    };
}
pub(crate) use plain_fields;
