import { defineFeature, enqueue, setting } from 'automate';
import { ApiRouter, BaseModelViewSet, type Context, defineModel, filterBy, type Row, type Scope, Timestamp } from 'automate/api';
import { defineStep, defineTrigger } from 'automate/engine';
import { z } from 'zod';

declare module 'automate/api' {
  interface AppServices {
    readonly crm: { readonly attempts: number };
  }
}

const Contact = z
  .object({ id: z.uuid(), name: z.string().min(1).max(200), email: z.email(), created_at: Timestamp })
  .meta({ id: 'CrmContact' });

const ContactModel = defineModel({
  app: 'crm',
  name: 'Contact',
  table: 'crm.contacts',
  schema: Contact,
  ordering: ['-created_at', 'name'],
  filters: filterBy(Contact, { email: ['exact'], name: ['contains'] }),
  searchFields: ['name', 'email'],
});

/** `api/v1/contacts/`: list, create, change, delete, export, import; each tenant has its own. */
class ContactViewSet extends BaseModelViewSet<typeof ContactModel> {
  readonly model = ContactModel;
  readonly createSchema = Contact.pick({ name: true, email: true });
  override scopeResource = 'crm_contacts';

  override async performCreate(values: Partial<Row<typeof ContactModel>>, ctx: Context, scope: Scope) {
    const contact = await super.performCreate(values, ctx, scope);
    const { database, jobs, crm } = ctx.services;
    const payload = { id: contact.id, name: contact.name, email: contact.email };
    await enqueue(database, [
      { kind: 'crm.announce', tenantId: scope.tenantId, traceId: ctx.traceId, payload, maxAttempts: crm.attempts },
    ]);
    jobs.announce();
    return contact;
  }
}

/** Starts workflows when a contact is made whose address is at the domain. */
const newContact = defineTrigger({
  type: 'crm.new_contact',
  description: 'A contact was made',
  config: z.strictObject({ domain: z.string().optional() }),
});

/** Posts a note about a contact to a chat. */
const notify = defineStep({
  type: 'crm.notify',
  description: 'Posts a note to a chat.',
  config: z.strictObject({ url: z.string(), text: z.string(), token: z.string() }),
  fields: { url: 'url', text: 'text', token: 'secret-text' },
  effects: 'http',
  async run({ url, text, token }, { http }) {
    const reply = await http.post(url, { json: { text }, headers: { authorization: `Bearer ${token}` }, sample: { ok: true } });
    return { output: reply.body };
  },
});

export const crm = defineFeature({
  name: 'crm',
  provides: ['crm'],
  settings: z.object({
    attempts: setting.integer({ default: 5, min: 1, max: 50 }).meta({ description: 'tries to announce a contact' }),
  }),
  create: ({ settings }) => ({ services: { crm: { attempts: settings.attempts } } }),
  migrations: new URL('./migrations/', import.meta.url),
  models: [ContactModel],
  routes: () => new ApiRouter().register('api/v1/contacts', ContactViewSet, { basename: 'crm-contact' }),
  roles: [{ resource: 'crm_contacts', actions: ['read', 'write'], editor: ['*'], viewer: ['read'] }],
  triggers: [newContact],
  steps: [notify],
  jobs: [
    {
      kind: 'crm.announce',
      handler: ({ triggers }) => ({
        async run({ id, tenantId, traceId, payload }) {
          for (const { id: subscriptionId, config } of await triggers.activeOf(tenantId, newContact.type)) {
            if (config.domain !== undefined && !String(payload.email).endsWith(`@${config.domain}`)) continue;
            await triggers.fire({ subscriptionId, payload, traceId, idempotencyKey: `${id} ${subscriptionId}` });
          }
          return { type: 'succeeded' };
        },
      }),
    },
  ],
  checks: [
    {
      name: 'crm',
      async doctor({ isServed, call }) {
        if (!isServed) return undefined;
        await call('/api/v1/contacts/?limit=1');
        return { ok: true, detail: 'contacts can be listed' };
      },
    },
  ],
  commands: [
    {
      name: 'crm add',
      group: 'Contacts',
      summary: 'Make a contact',
      example: 'automate crm add ada@example.com --name "Ada Lovelace"',
      arguments: [{ name: '<email>', summary: 'their address' }],
      options: [{ flags: '--name <name>', summary: 'of the person', default: 'Nobody' }],
      async run({ arguments: [email], options: { name }, call, print }) {
        const contact = await call<z.output<typeof Contact>>('/api/v1/contacts/', { method: 'POST', body: { name, email } });
        print(contact, `${contact.name} is contact ${contact.id}`);
      },
    },
  ],
});
