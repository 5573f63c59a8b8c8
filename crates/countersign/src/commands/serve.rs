//! `serve`: opens the store, listens on both sides, and stops without losing anything.
//!
//! The order matters. Start: the store is ours before anything listens, everything listens before
//! the file `address` says so. Stop: nothing new is taken, what is under way is answered, what is
//! queued is committed, and only then is the store closed. A second signal ends the process at once;
//! what was answered 200 is safe even then.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc};

use countersign_store::{GroupCommit, GroupCommitLimits, Store, StoreError};
use countersign_store_sqlite::{SqliteOptions, SqliteStore};
use hyper::service::service_fn;
use hyper_util::service::TowerToHyperService;
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use tokio::{sync::watch, task::JoinHandle};

use super::{error::CommandError, first_steps, output};
use crate::{
    api::{self, Private},
    clock::Clock,
    config::{Config, address::Address, credentials},
    receive::{
        context::{Context, Foundations},
        contracts::Contracts,
        handler::receive,
        rejected::Rejections,
    },
    server::{ConnectionLimits, Listener, open_files, signals::StopSignals},
    telemetry,
};

/// The most connections of the private side.
const PRIVATE_CONNECTIONS: usize = 256;
/// How long a stop waits for the private side.
const PRIVATE_SHUTDOWN: std::time::Duration = std::time::Duration::from_secs(2);

/// Serves until it is told to stop.
pub(crate) fn run(config: &Config) -> Result<(), CommandError> {
    telemetry::start_logs(&config.log).map_err(CommandError::usage)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::failed(format!("no threads can be started: {error}")))?;
    runtime.block_on(serve(config))
}

async fn serve(config: &Config) -> Result<(), CommandError> {
    let signals = StopSignals::listen()
        .map_err(|error| CommandError::failed(format!("signals are not heard: {error}")))?;
    let contracts = Contracts::load(config.contracts.as_deref()).map_err(CommandError::failed)?;
    let store = open_store(config).await?;
    let served = match start(config, contracts, Arc::clone(&store)).await {
        Ok(running) => {
            running.until_stopped(signals).await;
            Ok(())
        }
        Err(error) => Err(error),
    };
    store.close().await;
    served
}

async fn open_store(config: &Config) -> Result<Arc<dyn Store>, CommandError> {
    let data = config.data.clone();
    let opened =
        tokio::task::spawn_blocking(move || SqliteStore::open(&data, &SqliteOptions::default()));
    let opened = opened
        .await
        .map_err(|error| CommandError::failed(error.to_string()))?;
    let store = opened.map_err(|error| {
        let (StoreError::Unavailable { reason }
        | StoreError::Refused { reason }
        | StoreError::Corrupt { reason }) = error;
        CommandError::failed(reason).hint("`countersign doctor` looks for what is wrong")
    })?;
    Ok(Arc::new(store))
}

/// A server that listens.
struct Running {
    context: Arc<Context>,
    commits: GroupCommit,
    config: Config,
    public: Side,
    private: Side,
    desk: Side,
}

/// Something that runs until it is told to stop.
struct Side {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Side {
    fn start<F>(run: impl FnOnce(watch::Receiver<bool>) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (stop, stopped) = watch::channel(false);
        Self {
            stop,
            task: tokio::spawn(run(stopped)),
        }
    }

    async fn end(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "a part of the server did not end well");
        }
    }
}

async fn start(
    config: &Config,
    contracts: Contracts,
    store: Arc<dyn Store>,
) -> Result<Running, CommandError> {
    let metrics = telemetry::start_metrics().map_err(CommandError::failed)?;
    tokio::spawn(telemetry::keep_up(metrics.clone()));
    let limits = &config.limits;
    let newest_rowid = store.newest_rowid().await.map_err(CommandError::failed)?;
    let queue = GroupCommitLimits {
        queue: limits.queue,
        batch: limits.batch,
    };
    let commits = GroupCommit::start(Arc::clone(&store), queue);
    let clock = Clock::system();
    let (rejections, desk) = Rejections::new(limits, Arc::clone(&store), clock);
    let made = Foundations {
        contracts,
        store,
        commits: commits.clone(),
        rejections,
        newest_rowid,
        clock,
    };
    let context = Arc::new(Context::new(config, made).map_err(CommandError::usage)?);
    let token = admin_token(config)?;
    let private = Private {
        context: Arc::clone(&context),
        token,
        metrics,
    };

    let (public_listener, private_listener) = listen(config).await?;
    announce(config, &public_listener, &private_listener)?;
    let for_public = Arc::clone(&context);
    let public = Side::start(|stop| {
        let service = service_fn(move |request| {
            let context = Arc::clone(&for_public);
            async move { Ok::<_, Infallible>(receive(&context, request).await) }
        });
        public_listener.serve(service, stop)
    });
    let router = api::router(Arc::new(private));
    let private =
        Side::start(|stop| private_listener.serve(TowerToHyperService::new(router), stop));
    let desk = Side::start(|stop| desk.run(stop));
    Ok(Running {
        context,
        commits,
        config: config.clone(),
        public,
        private,
        desk,
    })
}

fn admin_token(config: &Config) -> Result<Option<[u8; 32]>, CommandError> {
    let token = credentials::ensure_admin_token(&config.data).map_err(|error| {
        let path = config.data.join(credentials::TOKEN_FILE);
        CommandError::failed(format!("{} cannot be used: {error}", path.display()))
    })?;
    let digest = Sha256::digest(token.expose_secret().as_bytes()).into();
    Ok((!config.dev).then_some(digest))
}

async fn listen(config: &Config) -> Result<(Listener, Listener), CommandError> {
    let limits = &config.limits;
    let public = ConnectionLimits {
        connections: open_files::allow(limits.connections),
        header_timeout: limits.header_timeout,
        shutdown: limits.shutdown,
    };
    let private = ConnectionLimits {
        connections: PRIVATE_CONNECTIONS,
        header_timeout: limits.header_timeout,
        shutdown: PRIVATE_SHUTDOWN,
    };
    Ok((
        bind("listen", config.listen, "public", public).await?,
        bind("admin", config.admin, "private", private).await?,
    ))
}

async fn bind(
    key: &str,
    address: SocketAddr,
    side: &'static str,
    limits: ConnectionLimits,
) -> Result<Listener, CommandError> {
    Listener::bind(address, side, limits)
        .await
        .map_err(|error| {
            let hint =
                format!("choose another with --{key} ADDRESS; port 0 takes any that is free");
            CommandError::failed(format!("cannot listen on {address}: {error}")).hint(hint)
        })
}

/// Tells the other commands and the person where the server listens.
fn announce(config: &Config, public: &Listener, private: &Listener) -> Result<(), CommandError> {
    let cannot = |error: io::Error| {
        CommandError::failed(format!(
            "{} cannot be written: {error}",
            config.data.display()
        ))
    };
    let address = Address {
        public: format!("http://{}", public.address().map_err(cannot)?),
        admin: format!("http://{}", private.address().map_err(cannot)?),
        pid: std::process::id(),
    };
    address.write(&config.data).map_err(cannot)?;
    output::note(&first_steps::text(config, &address).map_err(cannot)?);
    Ok(())
}

impl Running {
    /// Serves until the first signal, then stops; a second signal ends the process at once.
    async fn until_stopped(self, mut signals: StopSignals) {
        let signal = signals.next().await;
        tracing::info!(signal, "stopping: what is under way is answered");
        tokio::select! {
            () = self.stop() => tracing::info!("stopped"),
            signal = signals.next() => {
                tracing::warn!(signal, "stopped at once");
                std::process::exit(1);
            }
        }
    }

    async fn stop(self) {
        self.context.drain();
        self.public.end().await;
        self.commits.close().await;
        self.desk.end().await;
        self.private.end().await;
        if let Err(error) = Address::remove(&self.config.data) {
            tracing::warn!(%error, "the file `address` could not be removed");
        }
    }
}
