//! What a deployment is set up as. One that is tried out may have a server of its tests stand in for other people's; one
//! that serves people must not, and answers nothing while it is told to.

use std::cell::Cell;
use worker::{Env, console_error};

/// The variable that says what a deployment is for: `production` in `[env.production]` of `wrangler.toml`.
const ENVIRONMENT: &str = "ENVIRONMENT";
/// The variable with the address of the server of the tests, as `http://127.0.0.1:8080`.
const TEST_SERVER: &str = "TEST_SERVER";
/// Where that server may be: on the same machine.
const LOOPBACK: &str = "http://127.0.0.1:";

thread_local! {
    /// Variables stay as they are for as long as a program runs.
    static SOUND: Cell<Option<bool>> = const { Cell::new(None) };
}

/// Whether the deployment may do anything. Where it may not, the log says why.
pub fn is_sound(env: &Env) -> bool {
    let sound = SOUND.get().unwrap_or_else(|| match env.var(TEST_SERVER) {
        Err(_) => true,
        Ok(server) => !is_production(env) && is_on_this_machine(&server.to_string()),
    });
    if !sound {
        console_error!(
            "refusing to start: TEST_SERVER is for tests on one machine alone; take it out of the deployment's variables"
        );
    }
    SOUND.set(Some(sound));
    sound
}

/// The server that stands in for other people's; there is none where people are served.
pub fn test_server(env: &Env) -> Option<String> {
    let server = env.var(TEST_SERVER).ok()?.to_string();
    Some(server).filter(|_| is_sound(env))
}

fn is_on_this_machine(server: &str) -> bool {
    // A port and nothing else: what looks like one may be a password before another host.
    server.strip_prefix(LOOPBACK).is_some_and(|port| port.parse::<u16>().is_ok())
}

fn is_production(env: &Env) -> bool {
    env.var(ENVIRONMENT).is_ok_and(|environment| environment.to_string() == "production")
}

#[cfg(test)]
mod tests {
    use super::is_on_this_machine;

    #[test]
    fn a_server_of_tests_is_on_this_machine_and_nowhere_else() {
        assert!(is_on_this_machine("http://127.0.0.1:8080"));
        for elsewhere in [
            "http://127.0.0.1:8080@10.0.0.1",
            "http://127.0.0.1:x@10.0.0.1:80",
            "http://127.0.0.1:",
            "http://127.0.0.1.example:80",
            "http://10.0.0.1:8080",
            "https://127.0.0.1:8080",
            "",
        ] {
            assert!(!is_on_this_machine(elsewhere), "{elsewhere}");
        }
    }
}
