//! An axum service as it runs in a container: JSON lines on standard output, levels that change over HTTP, health for
//! probes and dashboards, and an orderly stop on SIGTERM and Ctrl-C.
//!
//!     cargo run -- 8080        # in this folder; the port, without one the system chooses
//!
//!     {"timestamp":"2026-11-30T22:21:10.044007Z","level":"INFO","target":"axum_service","message":"listening","port":8080}
//!
//!     $ curl http://127.0.0.1:8080/orders/7
//!     order 7
//!     $ curl -X PUT -d 'info,axum_service=trace' http://127.0.0.1:8080/log/filter
//!     info,axum_service=debug
//!
//! `GET /health` returns the counters as JSON, with status 503 while an output fails; `GET /metrics` returns them for
//! Prometheus. Keep `/log/filter` and `/metrics` on an address that only operators reach.

use asynclogger::{Config, Console, Health, State};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use std::error::Error;
use std::net::Ipv4Addr;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::default().console(Console::Stdout).console_format("json");
    asynclogger::init(config.with_env())?;
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    log::info!(port = listener.local_addr()?.port(); "listening");
    axum::serve(listener, service())
        .with_graceful_shutdown(stop_signal()?)
        .await?;
    log::info!("stopped");
    // Awaits the last write, at most `shutdown_timeout`, and returns an error if records were lost.
    Ok(asynclogger::shutdown().await?)
}

fn service() -> Router {
    Router::new()
        .route("/orders/{id}", get(order))
        .route("/log/filter", put(change_filter))
        .route("/health", get(health))
        .route(
            "/metrics",
            get(|| async { asynclogger::health().to_prometheus() }),
        )
}

async fn order(Path(id): Path<u64>) -> String {
    log::trace!(id; "reading the order");
    log::info!(id; "order served");
    format!("order {id}\n")
}

/// Replaces the filter by the directives in the body, and returns the previous one so that it can be restored.
async fn change_filter(directives: String) -> Result<String, (StatusCode, String)> {
    match asynclogger::set_filter(&directives) {
        Ok(previous) => {
            log::warn!(previous, directives; "the log filter was changed");
            Ok(format!("{previous}\n"))
        }
        Err(error) => Err((StatusCode::BAD_REQUEST, format!("{error}\n"))),
    }
}

async fn health() -> (StatusCode, Json<Health>) {
    let health = asynclogger::health();
    let status = match health.state {
        State::Running => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(health))
}

/// Resolves at SIGTERM, which containers and systemd send, and at SIGINT (Ctrl-C).
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    // The handlers are installed here, before the first request.
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        let signal = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        log::warn!(signal; "stopping");
    })
}

#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            log::error!(error = error.to_string(); "cannot wait for Ctrl-C");
        }
        log::warn!("stopping");
    })
}
