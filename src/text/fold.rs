//! The fold: the form in which names and queries are compared.
