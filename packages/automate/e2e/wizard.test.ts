import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineFeature, requireWizards, type StudioWizard } from '../src/platform/index.ts';
import { createTestServer, type TestServer } from '../src/testing/index.ts';
import type { Execution } from './support/executions.ts';
import { oneKind } from './support/lanes.ts';

const contact: StudioWizard = {
  name: 'contact',
  title: { en: 'Contact', it: 'Contatto' },
  description: { en: 'Somebody to write to' },
  icon: 'people',
  order: 5,
  scope: 'events:write',
  form: z.strictObject({ email: z.email(), note: z.string().max(500).default('') }),
  labels: { email: { en: 'Email address' } },
  steps: [{ title: { en: 'Who?' }, fields: ['email'] }],
  operation: { path: 'api/v1/events/' },
  next: { title: { en: 'All contacts' }, path: 'contacts' },
};

interface Entry {
  readonly name: string;
  readonly schema: { readonly properties: object; readonly required: readonly string[] };
  readonly steps: readonly object[];
  readonly operation: object;
  readonly templates: readonly { readonly name: string; readonly values: object; readonly sample: unknown }[];
}

describe('the creation wizard', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(oneKind, { features: [defineFeature({ name: 'crm', wizards: [contact] })] });
  });
  afterAll(() => server?.close());

  const wizardsOf = async (scopes: readonly string[], isStaff = false): Promise<readonly Entry[]> => {
    const { body } = await server.call<{ key: string }>('POST', '/api/v1/api-keys/', {
      name: 'x',
      scopes: ['studio:read', ...scopes],
      is_staff: isStaff,
    });
    const reply = await fetch(`${server.url}/api/studio/wizard/`, { headers: { authorization: `Bearer ${body.key}` } });
    expect(reply.status).toBe(200);
    return ((await reply.json()) as { wizards: Entry[] }).wizards;
  };
  const namesOf = async (scopes: readonly string[], isStaff?: boolean) =>
    (await wizardsOf(scopes, isStaff)).map(({ name }) => name);

  it('lists what whoever asks may make, features in their place', async () => {
    expect(await namesOf(['*'], true)).toEqual(['contact', 'workflow', 'trigger', 'secret', 'api-key', 'person', 'tenant']);
    expect(await namesOf(['*'])).toEqual(['contact', 'workflow', 'trigger', 'secret', 'api-key', 'person']);
    expect(await namesOf(['workflows:*', 'secrets:read'])).toEqual(['workflow', 'trigger']);
    expect(await namesOf(['executions:read'])).toEqual([]);
    expect((await fetch(`${server.url}/api/studio/wizard/`)).status).toBe(401);
  });

  it('shows the form of a feature as JSON Schema', async () => {
    const [entry] = await wizardsOf(['events:write']);
    expect(entry).toMatchObject({
      name: 'contact',
      schema: { properties: { email: { format: 'email' }, note: { default: '' } }, required: ['email'] },
      steps: [{ title: { en: 'Who?' }, note: null, fields: ['email'] }],
      operation: { method: 'POST', path: 'api/v1/events/' },
      templates: [],
    });
  });

  it('has templates that are accepted and run with their samples', async () => {
    const [workflow] = await wizardsOf(['workflows:write']);
    expect(workflow?.schema.required).toEqual(['name', 'graph']);
    const ends: Record<string, string> = {};
    for (const { name, values, sample } of workflow?.templates ?? []) {
      const made = await server.call<{ id: string }>('POST', '/api/v1/workflows/', values);
      expect([name, made.status]).toEqual([name, 201]);
      const run = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${made.body.id}/run/`, {
        input: sample,
      });
      expect([name, run.status]).toEqual([name, 202]);
      const execution = await vi.waitFor(
        async () => {
          const { body } = await server.call<Execution>('GET', `/api/v1/executions/${run.body.execution_id}/`);
          expect(['succeeded', 'failed', 'waiting']).toContain(body.status);
          return body;
        },
        { timeout: 60_000, interval: 100 },
      );
      ends[name] = execution.status;
    }
    expect(ends).toEqual({
      blank: 'succeeded',
      'large-orders': 'succeeded',
      // For somebody to decide, and for the payment.
      approval: 'waiting',
      'payment-reminder': 'waiting',
      call: 'succeeded',
      'each-line': 'succeeded',
      tidy: 'succeeded',
    });
  });

  it('refuses names and fields that are none', () => {
    expect(() => requireWizards([contact, contact])).toThrow('as another has');
    expect(() => requireWizards([{ ...contact, name: 'A b' }])).toThrow('which is none');
    expect(() => requireWizards([{ ...contact, steps: [{ title: { en: 'x' }, fields: ['phone'] }] }])).toThrow(
      'asks for "phone"',
    );
  });
});
