//! The rules that a call can violate, each with a code for programs.

use crate::model::id::{AdvisorId, ContactId, MergeId};

macro_rules! rule_violations {
    ($($(#[$doc:meta])* $name:ident $(($what:ty))? = $code:literal, $message:literal;)*) => {
        /// A rule of the book that a call violates.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum RuleViolation {
            $($(#[$doc])* #[error($message)] $name $(($what))?,)*
        }

        impl RuleViolation {
            /// All codes, in the order of the variants.
            pub const CODES: &[&str] = &[$($code),*];

            /// A short stable word for programs.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self {
                    $(rule_violations!(@pattern $name $($what)?) => $code,)*
                }
            }
        }
    };
    (@pattern $name:ident) => { Self::$name };
    (@pattern $name:ident $what:ty) => { Self::$name(_) };
}

rule_violations! {
    /// The tenant may not use the network.
    NetworkClosed = "network-closed", "the tenant may not use this network";
    /// An advisor to link is not entitled on the network.
    AdvisorNotEntitled(AdvisorId) = "advisor-not-entitled", "advisor {0} is not entitled on this network";
    /// The onboarder may not create contacts on the network.
    OnboarderNotEntitled = "onboarder-not-entitled", "the onboarder may not create contacts on this network";
    /// An advisor names another advisor as the onboarder.
    OnboarderMismatch = "not-the-onboarder", "an advisor can only onboard in their own name";
    /// The number does not belong to the tenant's country.
    ForeignNumber = "foreign-number", "the tenant onboards numbers of its own country only";
    /// The preferred language is not one of [`Options::languages`](crate::Options::languages).
    LanguageNotSupported = "language-not-supported", "not one of the preferred languages of the book";
    /// The contact is linked to all these advisors already.
    AlreadyOnboarded(ContactId) = "already-onboarded", "contact {0} is onboarded for these advisors already";
    /// The number belongs to another person.
    PhoneOfAnotherContact(ContactId) = "already-exists", "the number belongs to contact {0} with another name or e-mail address";
    /// The contact is shared between tenants.
    SharedContact = "shared-contact", "the contact is shared between tenants";
    /// The e-mail address of an advisor's own contact is the address of the advisor.
    OwnContactEmail = "own-contact-email", "the e-mail address of an advisor's own contact cannot be edited";
    /// The phone of a contact is its address and cannot change.
    PhoneImmutable = "phone-fixed", "the phone of a contact cannot be changed; remove it and create another";
    /// The contact is not linked to the advisor.
    ContactNotLinked = "not-their-contact", "the advisor does not have this contact";
    /// Contacts of this network cannot be copied.
    CopyNotSupported = "copy-not-supported", "contacts of this network cannot be copied";
    /// The contact is in a one-to-one chat.
    InOneToOneConversation = "in-chat", "the contact is still in a one-to-one chat";
    /// All contacts of a conversation must be on its network.
    MixedNetworks = "mixed-networks", "the contact is on another network than the conversation";
    /// The tenant has its own copy, or the contact belongs to the tenant.
    AlreadyCopied = "already-copied", "the contact belongs to the tenant already";
    /// The contact confirmed the invitation already.
    InviteConfirmed = "invite-confirmed", "the contact has confirmed already";
    /// The network has no invitations, or the contact was not invited.
    InvitationsNotSupported = "no-invitations", "contacts of this network are not invited";
    /// The code is wrong, or it has expired.
    InvalidInvitationCode = "wrong-code", "the code is wrong or has expired";
    /// The advisor is not entitled on a direct network.
    NoDirectNetwork = "not-direct", "the advisor is not entitled on a direct network";
    /// The advisor is entitled on the network already.
    EntitlementExists = "entitlement-exists", "the advisor is entitled on this network already";
    /// The advisor is not entitled on the network.
    NoEntitlement = "no-entitlement", "the advisor is not entitled on this network";
    /// The call names no advisor.
    AdvisorRequired = "advisor-required", "name the advisor by id or e-mail address";
    /// On this network advisors have no number of their own.
    NumberNotSupported = "number-not-supported", "on this network advisors have no number of their own";
    /// On this network advisors need a number of their own.
    NumberRequired = "number-required", "on this network an advisor needs a number of their own";
    /// The number belongs to another advisor.
    NumberTaken = "number-taken", "another advisor has this number";
    /// Another number is reserved for the advisor.
    NumberMismatch = "number-mismatch", "another number is reserved for the advisor";
    /// The number is not in the tenant's pool.
    NumberNotAvailable = "number-not-available", "the number is not in the tenant's pool";
    /// The tenant's pool is empty.
    NumberPoolEmpty = "no-number-left", "the tenant has no number left";
    /// A person before becoming an advisor has the default permissions.
    PermissionsNotYetAllowed = "no-permissions-yet", "permissions can be granted once the advisor exists";
    /// The advisor has the permission already.
    PermissionHeld = "permission-held", "the advisor has this permission already";
    /// The advisor does not have the permission, or no permission has this name.
    PermissionNotHeld = "no-permission", "the advisor does not have this permission";
    /// The tenant has not declared an event of this name.
    EventNotDeclared = "not-declared", "the tenant has not declared an event of this name";
    /// The job is still open.
    JobStillOpen = "job-open", "the job is still open; cancel it first";
    /// The import is undone, or undoing it has begun.
    ImportUndone = "import-undone", "the import is undone, or undoing it has begun";
    /// A contact cannot be merged with itself.
    SameContact = "same-contact", "a contact cannot be merged with itself";
    /// The contacts to merge belong to different tenants.
    DifferentTenants = "different-tenants", "the contacts belong to different tenants";
    /// The contacts to merge are on different networks.
    DifferentNetworks = "different-networks", "the contacts are on different networks";
    /// The contacts to merge have different identifiers in the same system.
    DifferentIdentifiers = "different-identifiers", "the contacts have different identifiers in the same system";
    /// The contact is in the trash.
    InTrash(ContactId) = "in-trash", "contact {0} is in the trash";
    /// The merge was undone already.
    MergeAlreadyUndone = "already-undone", "the merge was undone already";
    /// The surviving contact was merged again later.
    LaterMergeExists(MergeId) = "merged-since", "merge {0} came later; undo it first";
    /// The group is not active on the network.
    GroupClosed = "group-closed", "the federation group is not active on this network";
    /// An earlier call with this idempotency key had other input.
    IdempotencyKeyReused = "idempotency-key-reused", "an earlier call with this idempotency key had other input";
}
