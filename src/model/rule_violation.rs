//! The rules that a call can run into, each with a word for programs.

use crate::model::id::{AdvisorId, ContactId, MergeId};

macro_rules! rule_violations {
    ($($(#[$doc:meta])* $name:ident $(($what:ty))? = $code:literal, $message:literal;)*) => {
        /// A rule of the book that stands against a call.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum RuleViolation {
            $($(#[$doc])* #[error($message)] $name $(($what))?,)*
        }

        impl RuleViolation {
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
    /// An advisor who should get the contact cannot have contacts on the network.
    AdvisorNotEntitled(AdvisorId) = "advisor-not-entitled", "advisor {0} is not entitled on this network";
    /// Who onboards may not create contacts on the network.
    OnboarderNotEntitled = "onboarder-not-entitled", "the onboarder is no advisor who may create contacts on this network";
    /// An advisor onboards in another one's name.
    OnboarderMismatch = "not-the-onboarder", "an advisor onboards in their own name only";
    /// The number is not one of the tenant's country.
    ForeignNumber = "foreign-number", "the tenant onboards numbers of its own country only";
    /// The preferred language is not one of [`Options::languages`](crate::Options::languages).
    LanguageNotSupported = "language-not-supported", "not one of the preferred languages that the book knows";
    /// All the advisors have the contact already.
    AlreadyOnboarded(ContactId) = "already-onboarded", "contact {0} is onboarded for these advisors already";
    /// The number is another person's.
    PhoneOfAnotherContact(ContactId) = "already-exists", "the number belongs to contact {0}, who has another name or e-mail address";
    /// The contact is shared between tenants.
    SharedContact = "shared-contact", "the contact is shared between tenants";
    /// The e-mail address of an advisor's own contact is the advisor's.
    OwnContactEmail = "own-contact-email", "the e-mail address of an advisor's own contact cannot be edited";
    /// The phone of a contact is its address and does not change.
    PhoneImmutable = "phone-fixed", "the phone of a contact cannot be changed; remove it and create another";
    /// The advisor named is not one of the contact's.
    ContactNotLinked = "not-their-contact", "the advisor does not have this contact";
    /// Contacts of this network cannot be copied.
    CopyNotSupported = "copy-not-supported", "contacts of this network cannot be copied";
    /// The contact is in a one-to-one chat.
    InOneToOneConversation = "in-chat", "the contact is still in a one-to-one chat";
    /// The contacts of a conversation are all on its network.
    MixedNetworks = "mixed-networks", "the contact is on another network than the conversation";
    /// The tenant has its own copy, or the contact is its own.
    AlreadyCopied = "already-copied", "the tenant has this contact for its own already";
    /// The invitation was answered.
    InviteConfirmed = "invite-confirmed", "the contact has confirmed already";
    /// The network has no invitations, or the contact was not invited.
    InvitationsNotSupported = "no-invitations", "contacts of this network are not invited";
    /// The code is not the one the contact was sent, or it is worth nothing any more.
    InvalidInvitationCode = "wrong-code", "the code is wrong or has expired";
    /// The advisor has no direct network.
    NoDirectNetwork = "not-direct", "the advisor is not entitled on a direct network";
    /// The advisor is entitled on the network already.
    EntitlementExists = "entitlement-exists", "the advisor is entitled on this network already";
    /// The advisor is not entitled on the network.
    NoEntitlement = "no-entitlement", "the advisor is not entitled on this network";
    /// Nobody named.
    AdvisorRequired = "nobody-named", "name the advisor by id or e-mail address";
    /// On this network advisors have no number of their own.
    NumberNotSupported = "number-not-supported", "on this network advisors have no number of their own";
    /// On this network advisors need a number of their own.
    NumberRequired = "number-required", "on this network an advisor needs a number of their own";
    /// Another advisor has the number.
    NumberTaken = "number-taken", "another advisor has this number";
    /// The advisor is to get another number than this one.
    NumberMismatch = "number-mismatch", "the advisor was promised another number";
    /// The number is not in the tenant's pool.
    NumberNotAvailable = "number-not-available", "the number is not in the tenant's pool";
    /// The tenant's pool is empty.
    NumberPoolEmpty = "no-number-left", "the tenant has no number left";
    /// Who is not an advisor yet gets the default permissions.
    PermissionsNotYetAllowed = "no-permissions-yet", "permissions can be given once the advisor is there";
    /// The advisor has the permission already.
    PermissionHeld = "permission-held", "the advisor has this permission already";
    /// The advisor does not have the permission, or there is none of the name.
    PermissionNotHeld = "no-permission", "the advisor does not have this permission";
    /// The tenant has not declared an event of this name.
    EventNotDeclared = "not-declared", "the tenant has not declared an event of this name";
    /// The job is still open.
    JobStillOpen = "job-open", "the job is still open; cancel it first";
    /// A contact cannot be merged with itself.
    SameContact = "same-contact", "a contact cannot be merged with itself";
    /// The contacts to merge belong to different tenants.
    DifferentTenants = "different-tenants", "the contacts belong to different tenants";
    /// The contacts to merge are on different networks.
    DifferentNetworks = "different-networks", "the contacts are on different networks";
    /// The contacts to merge have different identifiers in the same system.
    DifferentIdentifiers = "different-identifiers", "another system tells the contacts apart by their identifiers";
    /// The contact is in the trash.
    InTrash(ContactId) = "in-trash", "contact {0} is in the trash";
    /// The merge was undone before.
    MergeAlreadyUndone = "already-undone", "the merge was undone already";
    /// The survivor was merged again since.
    LaterMergeExists(MergeId) = "merged-since", "merge {0} came later; undo it first";
    /// The group is not active on the network.
    GroupClosed = "group-closed", "the federation group is not active on this network";
}
