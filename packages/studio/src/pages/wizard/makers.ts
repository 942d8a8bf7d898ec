import type { Session, Wizard } from 'automate-client';
import { api } from '../../api.ts';
import { allows } from '../../data/session.ts';
import { send, type Values } from './send.ts';

/** Makes it. What ours need beyond one request stands here; all others are sent as their form has them. */
export function make(
  wizard: Wizard,
  values: Values,
  { key, session }: { key: string; session: Session | undefined },
): Promise<Values> {
  if (wizard.name === 'trigger') return addTrigger(values);
  if (wizard.name === 'workflow')
    return send(wizard.operation, { is_live: allows(session, 'workflows:publish'), ...values }, key);
  return send(wizard.operation, values, key);
}

/** A trigger is put to those that the workflow has, unless somebody has changed it in between. */
async function addTrigger({ workflow_id, event_type, filter }: Values): Promise<Values> {
  const id = String(workflow_id);
  const { data, etag } = await api.workflows.retrieve(id).withResponse();
  const { name, graph, settings, triggers } = data;
  const trigger = { type: 'event', event_type: String(event_type), ...(filter !== undefined && { filter }) };
  await api.workflows.update(id, { name, graph, settings, triggers: [...triggers, trigger], is_live: true }, { ifMatch: etag });
  return { id, name, event_type };
}
