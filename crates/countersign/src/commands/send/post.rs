//! Posts the copies: as fast as they are answered, or at a rate, a bounded number at once.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use indicatif::ProgressBar;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use super::{
    body::Bodies,
    tally::{Answer, Tally},
    target::Target,
};
use crate::commands::{args::SendArgs, client::http_client, error::CommandError};

/// How many requests are under way at once.
const AT_ONCE: usize = 16;

/// Posts all and counts what came back.
pub(super) async fn post_all(
    args: &SendArgs,
    target: &Target,
    headers: &HeaderMap,
    bodies: &Bodies,
) -> Result<Tally, CommandError> {
    let http = http_client(&target.url, target.is_ours)?;
    let request = http.post(target.url.clone()).headers(headers.clone());
    let progress = if args.count > 1 {
        ProgressBar::new(args.count)
    } else {
        ProgressBar::hidden()
    };
    let began = Instant::now();
    let mut tally = Tally::default();
    let mut under_way = JoinSet::new();
    for index in 0..args.count {
        if let Some(rate) = args.rate {
            sleep_until(began + after(index, rate)).await;
        }
        if under_way.len() >= AT_ONCE {
            tally.add_joined(under_way.join_next().await);
        }
        let body = bodies.next()?;
        let request = request
            .try_clone()
            .expect("a request without a body can be copied");
        under_way.spawn(post(request, body));
        progress.inc(1);
    }
    while let Some(joined) = under_way.join_next().await {
        tally.add_joined(Some(joined));
    }
    progress.finish_and_clear();
    tally.took(began.elapsed());
    Ok(tally)
}

/// When a copy is due.
fn after(index: u64, rate: u32) -> Duration {
    let nanos = u128::from(index) * 1_000_000_000 / u128::from(rate);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

async fn post(request: reqwest::RequestBuilder, body: Vec<u8>) -> Answer {
    let began = Instant::now();
    let answered: Result<(u16, Bytes), reqwest::Error> = async {
        let response = request.body(body).send().await?;
        Ok((response.status().as_u16(), response.bytes().await?))
    }
    .await;
    Answer {
        given: answered.map_err(reqwest::Error::without_url),
        took: began.elapsed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_spread_evenly() {
        assert_eq!(after(0, 3), Duration::ZERO);
        assert_eq!(after(3, 3), Duration::from_secs(1));
        assert_eq!(after(1, 1000), Duration::from_millis(1));
    }
}
