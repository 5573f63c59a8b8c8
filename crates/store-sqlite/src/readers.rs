//! Readers: a few connections that never wait for the writer, nor it for them.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use countersign_store::StoreError;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::{closed, connection, failure::Failure};

/// The connections, and as many permits.
#[derive(Debug)]
pub(crate) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
    count: u32,
}

impl Readers {
    pub(crate) fn open(path: &Path, count: u32) -> Result<Self, StoreError> {
        let count = count.max(1);
        let idle: Result<Vec<_>, Failure> = (0..count).map(|_| connection::reader(path)).collect();
        Ok(Self {
            idle: Arc::new(Mutex::new(idle?)),
            permits: Arc::new(Semaphore::new(count as usize)),
            count,
        })
    }

    /// Reads on a thread that may block.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| closed())?;
        let idle = Arc::clone(&self.idle);
        let reading = tokio::task::spawn_blocking(move || {
            let lent = Lent::take(&idle);
            let result = work(lent.connection());
            drop(lent);
            drop(permit);
            result
        });
        match reading.await {
            Ok(result) => Ok(result?),
            Err(_) => Err(StoreError::Unavailable {
                reason: "the read failed".to_owned(),
            }),
        }
    }

    /// Waits for the reads under way and closes the connections.
    pub(crate) async fn close(&self) {
        // An error means that somebody else has closed them.
        if let Ok(permits) = self.permits.acquire_many(self.count).await {
            self.permits.close();
            permits.forget();
            self.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clear();
        }
    }
}

/// A connection that goes back to the others even if the read panics.
struct Lent<'a> {
    connection: Option<Connection>,
    idle: &'a Mutex<Vec<Connection>>,
}

impl<'a> Lent<'a> {
    fn take(idle: &'a Mutex<Vec<Connection>>) -> Self {
        let connection = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Self { connection, idle }
    }

    fn connection(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("there are as many connections as permits")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.connection.take());
    }
}
