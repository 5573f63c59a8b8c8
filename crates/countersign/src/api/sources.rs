//! `/api/v1/sources` and `/api/v1/contracts`: what is configured and what is known.
//!
//! What always holds: kinds of credentials are shown, values never.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use countersign_domain::contract::{Contract, Operation};
use http::Uri;
use serde::Serialize;

use super::{
    Private,
    problem::{Fault, Problem},
    query::{Items, no_parameters},
};
use crate::receive::{mounts::full_path, source::Source};

/// One source.
#[derive(Debug, Serialize)]
pub(crate) struct SourceItem {
    name: String,
    contract: String,
    mount: String,
    auth: Vec<&'static str>,
    body_bytes: usize,
    operations: Vec<OperationItem>,
}

/// One contract.
#[derive(Debug, Serialize)]
pub(crate) struct ContractItem {
    name: String,
    title: String,
    namespace: String,
    operations: Vec<OperationItem>,
}

/// One operation, with its path in the contract or where a source is mounted.
#[derive(Debug, Serialize)]
struct OperationItem {
    operation: String,
    path: String,
    provenance: &'static str,
}

/// `GET /api/v1/sources`
pub(crate) async fn list(
    State(private): State<Arc<Private>>,
    uri: Uri,
) -> Result<Json<Items<SourceItem>>, Fault> {
    no_parameters(&uri)?;
    let items = private
        .context
        .sources
        .iter()
        .map(|it| source_item(it))
        .collect();
    Ok(Json(Items::whole(items)))
}

/// `GET /api/v1/contracts`
pub(crate) async fn contracts(
    State(private): State<Arc<Private>>,
    uri: Uri,
) -> Result<Json<Items<ContractItem>>, Fault> {
    no_parameters(&uri)?;
    let items = private
        .context
        .contracts
        .iter()
        .map(|it| contract_item(it))
        .collect();
    Ok(Json(Items::whole(items)))
}

/// `GET /api/v1/contracts/{name}`
pub(crate) async fn contract(
    State(private): State<Arc<Private>>,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Json<ContractItem>, Fault> {
    no_parameters(&uri)?;
    let found = private.context.contracts.get(&name);
    found.map(|it| Json(contract_item(&it))).ok_or_else(|| {
        let names = private.context.contracts.names();
        Fault::new(
            Problem::NotFound,
            format!("there is no such contract; there are {names}"),
        )
    })
}

fn source_item(source: &Source) -> SourceItem {
    let operations = source.contract.operations.iter();
    SourceItem {
        name: source.name.to_string(),
        contract: source.contract.name.to_string(),
        mount: source.mount.clone(),
        auth: source.auth.clone(),
        body_bytes: source.body_bytes,
        operations: operations
            .map(|it| operation_item(it, full_path(&source.mount, &it.path)))
            .collect(),
    }
}

fn contract_item(contract: &Contract) -> ContractItem {
    ContractItem {
        name: contract.name.to_string(),
        title: contract.title.clone(),
        namespace: contract.namespace.to_string(),
        operations: contract
            .operations
            .iter()
            .map(|it| operation_item(it, it.path.clone()))
            .collect(),
    }
}

fn operation_item(operation: &Operation, path: String) -> OperationItem {
    OperationItem {
        operation: operation.name.to_string(),
        path,
        provenance: operation.provenance.as_str(),
    }
}
