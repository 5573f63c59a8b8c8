//! Checks of the two addresses: free, or our own server's.

use std::net::{SocketAddr, TcpListener};

use super::Check;
use crate::{
    commands::client,
    config::{Config, address::Address},
};

/// The server of the data folder, if it answers.
pub(super) fn running_server(config: &Config) -> Option<Address> {
    let address = Address::read(&config.data)?;
    let is_alive = client::block_on(async {
        let url = client::base_url(&address.admin)?;
        let http = client::http_client(&url, true)?;
        let url = url.join("health").expect("a base URL takes a path");
        Ok(http
            .get(url)
            .send()
            .await
            .is_ok_and(|it| it.status().is_success()))
    });
    is_alive.unwrap_or(false).then_some(address)
}

pub(super) fn checks(config: &Config, server: Option<&Address>) -> Vec<Check> {
    let sides = [
        ("listen", config.listen, server.map(|it| it.public.as_str())),
        ("admin", config.admin, server.map(|it| it.admin.as_str())),
    ];
    let mut checks: Vec<_> = sides
        .iter()
        .map(|(name, it, ours)| port(name, *it, *ours))
        .collect();
    if !config.admin.ip().is_loopback() {
        checks.push(Check::warn(
            "admin",
            format!("{} can be reached from other machines", config.admin),
            "keep the private side on a loopback or private address",
        ));
    }
    checks
}

fn port(name: &'static str, address: SocketAddr, ours: Option<&str>) -> Check {
    if ours == Some(format!("http://{address}").as_str()) {
        return Check::ok(name, format!("our own server listens on {address}"));
    }
    match TcpListener::bind(address) {
        Ok(_) => {
            let other =
                ours.map_or_else(String::new, |it| format!("; the running server has {it}"));
            Check::ok(name, format!("{address} is free{other}"))
        }
        Err(error) => Check::fail(
            name,
            format!("{address} cannot be listened on: {error}"),
            format!("stop what has it, or choose another address with --{name}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::State, *};

    #[test]
    fn a_port_is_free_or_ours_or_somebody_elses() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let url = format!("http://{address}");
        assert_eq!(port("listen", address, None).state, State::Fail);
        assert_eq!(port("listen", address, Some(&url)).state, State::Ok);
        drop(taken);
        assert_eq!(port("listen", address, None).state, State::Ok);
    }
}
