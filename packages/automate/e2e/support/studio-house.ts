import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { past } from './months.ts';
import { BASE, type StudioTest, soon } from './studio.ts';

/** What pages with an address of their own show. */
export interface House {
  readonly failed: string;
  readonly succeeded: string;
  readonly waiting: string;
  readonly replay: string;
  readonly workflow: string;
  readonly trace: string;
  /** One that came in from outside. */
  readonly event: string;
  /** With two versions. */
  readonly prompt: string;
  close(): void;
}

type Call = <Body>(method: string, path: string, body?: object) => Promise<Body>;

/** A shop with a few automations, some days' work of which was done in a minute, and people. */
export async function furnish(studio: StudioTest): Promise<House> {
  const call: Call = async <Body>(method: string, path: string, body?: object) => {
    const reply = await studio.server.call<Body>(method, `${BASE}${path}`, body);
    expect([path, reply.status < 300, reply.body]).toEqual([path, true, reply.body]);
    return reply.body;
  };
  // A carrier that answers some and fails others.
  const carrier = createServer((request, response) => {
    const fails = request.url?.endsWith('7') === true;
    response.writeHead(fails ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(fails ? { error: 'no van free' } : { label: `NP-${request.url?.slice(-4)}`, days: 2 }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => carrier.once('listening', resolve));
  try {
    const { port } = carrier.address() as AddressInfo;
    const rows = await fill(studio, call, `127.0.0.1:${port}`);
    return { ...rows, close: () => void carrier.close() };
  } catch (error) {
    carrier.close();
    throw error;
  }
}

/** @param carrier its host */
async function fill(studio: StudioTest, call: Call, carrier: string): Promise<Omit<House, 'close'>> {
  const url = `http://${carrier}/labels/{{ event.payload.number }}`;
  const description = 'Prints labels and sends vans';
  await call('POST', '/api/v1/secrets/', { name: 'CARRIER_KEY', value: 'a key to the carrier', hosts: [carrier], description });
  await call('POST', '/api/v1/api-keys/', { name: 'Shop checkout', scopes: ['events:write'] });
  await call('POST', '/api/v1/api-keys/', { name: 'Reports, read only', scopes: ['executions:read', 'workflows:read'] });
  for (const [name, role] of [
    ['Linus', 'editor'],
    ['Noor', 'operator'],
    ['Ines', 'viewer'],
  ] as const)
    await studio.person(name, role);
  await call('POST', '/api/v1/invitations/', { email: 'tom@example.com', role: 'editor' });

  const { id: workflow } = await call<{ id: string }>('POST', '/api/v1/workflows/', fulfilment(url));
  await call('POST', '/api/v1/workflows/', {
    name: 'Welcome a customer',
    triggers: [on('customer.created')],
    graph: chain('greet', 'tag', 'tell'),
  });
  await yesterday(studio, workflow);
  const { id: refunds } = await call<{ id: string }>('POST', '/api/v1/workflows/', refund);
  const { id: stock } = await call<{ id: string }>('POST', '/api/v1/workflows/', {
    name: 'Nightly stock check',
    graph: chain('count', 'compare'),
  });
  await call('POST', `/api/v1/workflows/${stock}/pause/`);
  await call('POST', `/api/v1/workflows/${workflow}/cases/`, {
    name: 'A large order of a regular',
    event: { type: 'order.placed', payload: { amount: 240, tags: ['vip'] } },
    matches: true,
  });

  const ids: string[] = [];
  for (let index = 0; index < 40; index += 1)
    ids.push(
      await studio.run(workflow, {
        number: `HP-20${400 + index}`,
        customer: 'Linus Aalto',
        total: 40 + index * 31,
        lines: [1, 2, 3],
      }),
    );
  const events: string[] = [];
  for (const event_type of ['order.placed', 'customer.created', 'customer.created', 'stock.low']) {
    const { event_id } = await call<{ event_id: string }>('POST', '/api/v1/events/', {
      event_type,
      source: 'shop',
      payload: { number: 'HP-20421', customer: 'Linus Aalto', total: 120, amount: 120, tags: ['vip'], lines: [1, 2] },
    });
    events.push(event_id);
  }
  const waiting = await studio.run(refunds, { number: 'HP-20412', amount: 910 });
  const done = await Promise.all(ids.map((id) => studio.ended(id)));
  const failed = done.findLast(({ status }) => status === 'failed')?.id ?? '';
  const succeeded = done.find(({ status }) => status === 'succeeded')?.id ?? '';
  const { execution_id: replay } = await call<{ execution_id: string }>('POST', `/api/v1/executions/${failed}/replay/`, {});
  await studio.ended(replay);
  await soon(async () => {
    const { results } = await call<{ results: unknown[] }>('GET', '/api/v1/approvals/');
    expect(results).not.toHaveLength(0);
  });
  const { graph } = fulfilment(url);
  await call('POST', `/api/v1/workflows/${workflow}/versions/`, {
    graph: {
      nodes: [...graph.nodes, log('thank', 'Thank {{ event.payload.customer }}')],
      edges: [...graph.edges, { source: 'shipped', target: 'thank' }],
    },
  });
  const { id: prompt } = await call<{ id: string }>('POST', '/api/v1/prompts/', {
    name: 'Reply to a customer',
    version: reply('Answer {{ name }} in one sentence.'),
  });
  await call('POST', `/api/v1/prompts/${prompt}/versions/`, {
    ...reply('Answer {{ name }} warmly, in one sentence.'),
    message: 'Warmer',
  });
  await call('PUT', `/api/v1/prompts/${prompt}/labels/production/`, { version: 1 });
  const { trace_id: trace } = await call<{ trace_id: string }>('GET', `/api/v1/executions/${failed}/`);
  return { failed, succeeded, waiting, replay, workflow, trace, event: events[0] ?? '', prompt };
}

/** What a workflow did in the hours before: more by day than by night, and now and then it failed. */
async function yesterday({ server: { automate } }: StudioTest, workflow: string): Promise<void> {
  const { db } = automate;
  for (let hours = 23; hours > 0; hours -= 1) {
    const count = 5 + Math.round(4 * Math.sin(hours / 3.8));
    for (let index = 0; index < count; index += 1) {
      const isFailed = (hours * 7 + index) % 19 === 0;
      const time = new Date(Date.now() - hours * 3_600_000 - index * 240_000);
      const { executionId } = await past(db, workflow, time, { status: isFailed ? 'failed' : 'succeeded' });
      const seconds = 0.1 + ((hours * 13 + index * 29) % 40) / 50;
      const error = isFailed
        ? { code: 'http_status', message: 'POST carrier.example replied with status 503', node: 'label' }
        : null;
      await db.query(`update executions set finished_at = started_at + make_interval(secs => $2), error = $3 where id = $1`, [
        executionId,
        seconds,
        error && JSON.stringify(error),
      ]);
    }
  }
}

const reply = (content: string) => ({ messages: [{ role: 'user', content }], model: 'house/small' });
const on = (event_type: string) => ({ type: 'event', event_type });
const set = (id: string, values: object) => ({ id, type: 'core.set', config: { values } });
const log = (id: string, message: string) => ({ id, type: 'core.log', config: { message } });
const chain = (...ids: string[]) => ({
  nodes: ids.map((id) => log(id, `{{ event.payload.number | default: "–" }}: ${id}`)),
  edges: ids.slice(1).map((id, index) => ({ source: ids[index], target: id })),
});

const fulfilment = (url: string) => ({
  name: 'Order fulfilment',
  triggers: [
    {
      ...on('order.placed'),
      filter: { and: [{ '>': [{ var: 'payload.amount' }, 100] }, { in: ['vip', { var: 'payload.tags' }] }] },
    },
  ],
  graph: {
    nodes: [
      set('order', { number: '{{ event.payload.number }}', total: '{{ event.payload.total }}' }),
      { id: 'is_large', type: 'logic.if', config: { condition: { '>': [{ var: 'event.payload.total' }, 900] } } },
      log('tell_sales', 'A large order: {{ event.payload.number }}'),
      {
        id: 'pack',
        type: 'flow.foreach',
        config: { items: '{{ event.payload.lines }}', body: { nodes: [set('line', { number: '{{ item }}' })], edges: [] } },
      },
      {
        id: 'label',
        type: 'http.request',
        config: { method: 'POST', url, headers: { authorization: 'Bearer {{ secrets.CARRIER_KEY }}' } },
        retry: { attempts: 3, initial_seconds: 0.2 },
      },
      log('shipped', 'Shipped {{ event.payload.number }}'),
    ],
    edges: [
      { source: 'order', target: 'is_large' },
      { source: 'is_large', target: 'tell_sales', condition: 'true' },
      { source: 'order', target: 'pack' },
      { source: 'pack', target: 'label' },
      { source: 'label', target: 'shipped' },
    ],
  },
});

const refund = {
  name: 'Refund review',
  triggers: [on('refund.asked')],
  graph: {
    nodes: [
      set('order', { number: '{{ event.payload.number }}' }),
      {
        id: 'decide',
        type: 'core.approval',
        config: {
          title: 'Refund order {{ event.payload.number }}?',
          description: 'The customer asks for {{ event.payload.amount }} euros back: the chair came with a scratch.',
          schema: {
            type: 'object',
            properties: { amount: { type: 'number', minimum: 0, title: 'Amount', description: 'In euros' } },
            required: ['amount'],
          },
        },
      },
      log('pay', 'Pay {{ event.payload.amount }}'),
    ],
    edges: [
      { source: 'order', target: 'decide' },
      { source: 'decide', target: 'pay' },
    ],
  },
};
