//! `man`: manual pages.

use std::path::Path;

use crate::args;
use crate::exit::Exit;
use crate::problem::{Problem, Stop};
use crate::topics::{self, TOPICS};

pub(crate) fn man(directory: &Path) -> Result<Exit, Stop> {
    std::fs::create_dir_all(directory)
        .and_then(|()| topics::command::write_pages(args::command(), directory))
        .and_then(|()| {
            TOPICS
                .iter()
                .try_for_each(|topic| std::fs::write(directory.join(topic.page_file()), topic.page()))
        })
        .map_err(|error| {
            Problem::new(Exit::Unexpected, "the manual pages could not be written")
                .fact("directory", directory.display().to_string())
                .because(error.to_string())
        })?;
    Ok(Exit::Done)
}
