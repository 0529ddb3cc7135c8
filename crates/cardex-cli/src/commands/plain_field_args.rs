//! An option for each plain field of a contact.

use cardex::contacts::PlainField;
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};

/// The plain fields that were given, with their texts.
#[derive(Debug)]
pub(crate) struct PlainFieldArgs(pub(crate) Vec<(PlainField, String)>);

impl Args for PlainFieldArgs {
    fn augment_args(command: Command) -> Command {
        PlainField::ALL.into_iter().fold(command, |command, field| {
            let help = field.description().trim_end_matches('.');
            command.arg(Arg::new(field.option()).long(field.option()).value_name("TEXT").help(help))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for PlainFieldArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let text = |field: PlainField| Some((field, matches.get_one::<String>(field.option())?.clone()));
        Ok(Self(PlainField::ALL.into_iter().filter_map(text).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
