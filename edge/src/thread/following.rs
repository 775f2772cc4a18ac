//! The flow that a conversation's bot follows.

use super::command::ThreadError;
use super::head::Head;
use super::object::Thread;
use crate::inbox;
use crate::store::Database;
use crate::store::served::{self, FlowVersion};
use flow::graph::Graph;
use shared::id::{ConversationId, OrganizationId};
use std::rc::Rc;
use worker::console_error;

/// A published flow, as it is kept and ready to run.
pub(super) struct Following {
    /// Its JSON.
    pub(super) json: String,
    /// It.
    pub(super) graph: Rc<Graph>,
}

/// Reads a flow. Like all that only bots need, it is of the program's second part.
#[inline(never)]
fn read_later(json: &str) -> Option<Rc<Graph>> {
    Graph::read(json).ok().map(Rc::new)
}

impl Thread {
    /// A published flow, for a conversation that is about to begin. One that is gone or cannot be run leaves the
    /// conversation to people.
    pub(super) async fn following(
        &self,
        organization: OrganizationId,
        flow: Option<FlowVersion>,
    ) -> Result<Option<Following>, ThreadError> {
        let Some(version) = flow else { return Ok(None) };
        let db = Database::of(&self.env, organization).map_err(ThreadError::failed)?;
        let json = served::version_json(&db, organization, version).await.map_err(ThreadError::failed)?;
        Ok(json.and_then(|json| read_later(&json).map(|graph| Following { json, graph })))
    }

    /// What a conversation's bot follows, ready to run; none where there is no bot.
    pub(super) fn graph(&self, conversation: ConversationId) -> Result<Option<Rc<Graph>>, ThreadError> {
        if let Some((of, graph)) = self.graph.borrow().as_ref()
            && *of == conversation
        {
            return Ok(Some(graph.clone()));
        }
        let Some(graph) = self.log()?.flow(conversation)?.and_then(|json| read_later(&json)) else {
            return Ok(None);
        };
        *self.graph.borrow_mut() = Some((conversation, graph.clone()));
        Ok(Some(graph))
    }

    /// Counts the agents who are there, where the bot wants to know. It is asked before anything is written.
    pub(super) async fn count_agents(
        &self,
        organization: OrganizationId,
        graph: Option<&Graph>,
    ) -> Result<(), ThreadError> {
        if !graph.is_some_and(Graph::asks_for_agents) {
            return Ok(());
        }
        match inbox::agents_online(&self.env, organization).await {
            Ok(count) => self.agents_online.set(Some(count)),
            Err(error) => console_error!("the inbox could not be asked who is there: {error}"),
        }
        Ok(())
    }

    /// The same for a bot that is about to hear something.
    pub(super) async fn count_agents_for(&self, head: &Head) -> Result<(), ThreadError> {
        match head.conversation.bot_listens() {
            true => self.count_agents(head.organization, self.graph(head.conversation.id)?.as_deref()).await,
            false => Ok(()),
        }
    }
}
