//! The private seam through which every telephone number passes.
