//! `history prune`: removes days.

use partner_center_history::{Dataset, Day, Place, Writer};

use crate::console::Console;
use crate::dataset::problem;
use crate::exit::Exit;
use crate::problem::Stop;

pub(super) async fn run(
    place: &str,
    keep: Option<u32>,
    before: Option<Day>,
    console: Console,
) -> Result<Exit, Stop> {
    let open = || Place::new(place).map_err(problem);
    let dataset = Dataset::open(open()?).await.map_err(problem)?;
    let tenant = dataset.tenant().map(str::to_owned);
    let writer = Writer::open(open()?, tenant.as_deref()).await.map_err(problem)?;
    let removed = remove(&writer, keep, before).await;
    let closed = writer.close().await;
    let removed = removed?;
    closed.map_err(problem)?;
    match removed.as_slice() {
        [] => console.note("no day was removed"),
        [day] => console.note(&format!("removed {day}")),
        [first, .., last] => console.note(&format!("removed {} days, from {first} to {last}", removed.len())),
    }
    Ok(Exit::Done)
}

async fn remove(writer: &Writer, keep: Option<u32>, before: Option<Day>) -> Result<Vec<Day>, Stop> {
    let days = writer.dataset().days().await.map_err(problem)?;
    let mut all = days.recorded;
    let kept = keep.map_or(0, |keep| usize::try_from(keep).unwrap_or(usize::MAX));
    let kept_from = all.len().saturating_sub(kept);
    let mut removed = match (keep, before) {
        (Some(_), _) => {
            all.truncate(kept_from);
            all
        }
        (None, Some(before)) => all.into_iter().filter(|day| *day < before).collect(),
        (None, None) => Vec::new(),
    };
    // Files of unfinished days are of no use once later days are removed too.
    let last = removed.last().copied();
    removed.extend(days.unfinished.into_iter().filter(|day| last.is_some_and(|last| *day < last)));
    removed.sort();
    for day in &removed {
        writer.remove(*day).await.map_err(problem)?;
    }
    Ok(removed)
}
