import { z } from 'zod';
import type { StudioWizard } from '../../platform/index.ts';
import { AnyJson, EventTypePattern } from '../schemas.ts';
import { WorkflowCreate } from '../workflows/schemas.ts';
import { workflowTemplates } from './templates.ts';

/** What is asked for a trigger: it is put to those that the workflow has. */
const TriggerForm = z.strictObject({
  workflow_id: z.uuid().meta({ 'x-relation': 'Workflow' }),
  event_type: EventTypePattern,
  filter: AnyJson.optional(),
});

/** What can be made of the engine. */
export const engineWizards: readonly StudioWizard[] = [
  {
    name: 'workflow',
    title: { en: 'Workflow', it: 'Flusso di lavoro' },
    description: {
      en: 'From a template or blank, published and run once',
      it: 'Da un modello o vuoto, pubblicato ed eseguito una volta',
    },
    icon: 'workflow',
    order: 10,
    scope: 'workflows:write',
    form: WorkflowCreate,
    labels: { name: { en: 'Name', it: 'Nome' } },
    steps: [{ title: { en: 'What is it called?', it: 'Come si chiama?' }, fields: ['name'] }],
    templates: workflowTemplates,
    operation: { path: 'api/v1/workflows/' },
    next: { title: { en: 'Open the workflow', it: 'Apri il flusso di lavoro' }, path: 'workflows/{id}' },
  },
  {
    name: 'trigger',
    title: { en: 'Trigger', it: 'Trigger' },
    description: {
      en: 'Starts a workflow by itself when an event comes in',
      it: 'Avvia un flusso da sé quando arriva un evento',
    },
    icon: 'event',
    order: 20,
    scope: 'workflows:publish',
    form: TriggerForm,
    labels: {
      workflow_id: { en: 'Workflow', it: 'Flusso di lavoro' },
      event_type: { en: 'Type of event', it: 'Tipo di evento' },
      filter: { en: 'Only when', it: 'Solo quando' },
    },
    hints: {
      event_type: {
        en: 'A type such as `order.created`, a prefix such as `order.*`, or `*`',
        it: 'Un tipo come `order.created`, un prefisso come `order.*`, o `*`',
      },
      filter: {
        en: 'JSONLogic that sees the event, such as `{">": [{"var": "payload.amount"}, 100]}`',
        it: 'JSONLogic che vede l’evento, come `{">": [{"var": "payload.amount"}, 100]}`',
      },
    },
    operation: { method: 'PUT', path: 'api/v1/workflows/{workflow_id}/' },
    next: { title: { en: 'Open the workflow', it: 'Apri il flusso di lavoro' }, path: 'workflows/{id}' },
  },
];
