import { ref, step, workflow } from 'automate/engine';

/** Has a model say what kind of ticket has come, and takes it to those who can help; without a model, to people. */
export const ticketTriage = workflow('ticket-triage', { name: 'Ticket triage' })
  .on('event', 'ticket.created')
  .step(
    'classify',
    'llm.chat',
    {
      model: 'triage',
      system: 'You sort the tickets of a shop.',
      prompt: `Which kind of ticket is this?\n\n${ref('event.payload.text')}`,
      schema: {
        type: 'object',
        properties: { kind: { enum: ['billing', 'technical', 'other'] }, urgent: { type: 'boolean' } },
        required: ['kind', 'urgent'],
        additionalProperties: false,
      },
    },
    { retry: { attempts: 3 }, timeout_seconds: 60 },
  )
  .catch((failed) => failed.step('unread', 'core.set', { values: { queue: 'people' } }).end())
  .switch('kind', ref('steps.classify.output.object.kind'), {
    billing: step('bill', 'core.set', { values: { queue: 'finance', cost: ref('steps.classify.output.cost_usd') } }),
    technical: step('fault', 'core.set', { values: { queue: 'engineers', cost: ref('steps.classify.output.cost_usd') } }),
    default: step('rest', 'core.set', { values: { queue: 'people', cost: ref('steps.classify.output.cost_usd') } }),
  });
