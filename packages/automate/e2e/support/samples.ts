import { randomBytes, randomUUID } from 'node:crypto';
import type { GeneratorOptions } from './generate.ts';

/** What a JSON Schema cannot say: which step types exist, what an edge may join, which names are free. */
export const samples: NonNullable<GeneratorOptions['samples']> = {
  GraphInput: (make) => ({
    nodes: [
      { id: 'a', type: 'core.log', config: { message: 'x' } },
      { id: 'b', type: 'core.sleep', config: { seconds: 0 }, position: { x: 1, y: make.random() } },
    ],
    edges: [{ source: 'a', target: 'b' }],
  }),
  Run: (make) => ({ input: { n: make.random() } }),
  // Nothing that keeps an execution from starting at once, nor two settings that exclude each other.
  WorkflowSettings: (make) => ({ timeout_seconds: make.pick([60, 3_600]), concurrency: { limit: 50 }, priority: 5 }),
  WorkflowSettingsInput: (make) => ({ timeout_seconds: make.pick([60, 3_600]), concurrency: { limit: 50 }, priority: 5 }),
  DryRun: (make) => ({ input: { n: make.random() } }),
  Replay: (make) => ({ version: 1, input: { n: make.random() } }),
  // Of nothing that is there: what others made must stay as it is.
  ExecutionBatch: () => ({ action: 'replay', filter: { ids: [randomUUID()] }, from: 'start', version: 'latest' }),
  JobBatch: () => ({ action: 'redrive', filter: { kind: 'nothing' } }),
  ApiKeyCreate: () => ({ name: 'key', scopes: ['workflows:read'] }),
  SecretCreate: () => ({
    name: `S${randomBytes(6).toString('hex')}`,
    value: 'a value to keep',
    hosts: ['api.example.com'],
  }),
  SecretPatch: () => ({ hosts: ['*.example.com'] }),
  InvitationCreate: () => ({ email: `${randomBytes(6).toString('hex')}@example.com`, role: 'viewer' }),
  UserCreate: () => ({ email: `${randomBytes(6).toString('hex')}@example.com`, name: 'Somebody', role: 'viewer' }),
  MemberPatch: (make) => ({ role: make.pick(['admin', 'editor', 'operator', 'viewer']) }),
  // Whatever holds nobody back.
  PolicyRulesInput: (make) => ({ max_members: 1_000_000, denied_hosts: [`${make.pick(['a', 'b'])}.example`] }),
  PolicyPatch: (make) => ({ retention_days_events: make.pick([30, 60]) }),
  TenantCreate: () => ({ slug: randomBytes(6).toString('hex'), name: 'A tenant' }),
  RuleTest: (make) => ({ rule: { '>': [{ var: 'payload.n' }, make.random()] }, event: { payload: { n: make.random() } } }),
  RuleTrial: (make) => ({ rule: { '>': [{ var: 'payload.n' }, make.random()] }, limit: make.pick([1, 200]) }),
  RuleCaseSave: (make) => ({
    name: `Case ${make.random()}`,
    event: { type: 'never.seen', payload: { n: make.random() } },
    matches: false,
  }),
  TriggerInput: (make) => ({ type: 'event', event_type: make.pick(['never.seen', 'never.*']), filter: { '==': [1, 2] } }),
  ProviderCreate: () => ({ slug: `p${randomBytes(6).toString('hex')}`, kind: 'demo' }),
  ProviderUpdate: (make) => ({ name: `Provider ${make.random()}` }),
  ProviderPatch: (make) => ({ name: `Provider ${make.random()}` }),
  EndpointPatch: (make) => ({ description: `Number ${make.random()}` }),
  ProviderTest: () => ({}),
  ProviderTrial: () => ({ kind: 'demo' }),
  TaskRequest: (make) => ({ input: { prompt: `Number ${make.random()}` } }),
  EndpointJobRequest: (make) => ({ input: { prompt: `Number ${make.random()}` } }),
  BudgetCreate: (make) => ({ name: `Budget ${make.random()}`, period: 'total', metric: 'requests', amount: '1000000' }),
  BudgetUpdate: (make) => ({ name: `Budget ${make.random()}`, amount: '2000000' }),
  PriceCreate: (make) => ({ model: `model-${make.random()}`, input: '1.5', output: '3' }),
  PriceUpdate: () => ({ input: '2' }),
  PromptCreate: () => ({ name: `Prompt ${randomBytes(6).toString('hex')}`, version: promptVersion }),
  PromptVersionCreate: () => promptVersion,
  PromptRender: () => ({ version: 1 }),
  PromptTest: () => ({ version: 1 }),
  PromptLabelPut: () => ({ version: 1 }),
  PromptCase: promptCase,
  PromptCaseInput: promptCase,
  // Of nothing that is there, unless whoever asks knows better.
  PromptRunCreate: () => ({ test_set_id: randomUUID(), version: 1 }),
};

const promptVersion = {
  messages: [{ role: 'user', content: 'Hello {{ name }}' }],
  variables: { type: 'object', properties: { name: { type: 'string', default: 'you' } } },
  model: 'nothing',
};

function promptCase(): unknown {
  const name = `Case ${randomBytes(6).toString('hex')}`;
  return { name, variables: { name }, assertions: [{ type: 'contains', value: name }] };
}
