import { z } from 'zod';

const Setting = z
  .object({
    name: z.string().describe('The environment variable'),
    description: z.string(),
    is_set: z.boolean().describe('Whether somebody has set it'),
    source: z
      .enum(['default', 'environment', 'options', 'command_line'])
      .describe('`options`: the host program, in code; `default`: nobody'),
    is_secret: z.boolean().describe('Its value is shown to nobody'),
    value: z.string().nullable().describe('What holds, as the variable has it; null where there is none, and of a secret'),
  })
  .meta({ id: 'Setting' });

export const StudioSettings = z
  .object({
    groups: z.array(
      z.object({
        feature: z.string().nullable().describe('Null for the installation as a whole'),
        settings: z.array(Setting),
      }),
    ),
    features: z
      .array(z.object({ name: z.string(), needs: z.array(z.string()), pages: z.int(), settings: z.int() }))
      .describe('In the order in which they are created'),
    versions: z.object({
      automate: z.string(),
      node: z.string(),
      database: z.string(),
      is_embedded: z.boolean().describe('Whether the database runs in this process'),
    }),
    single_sign_on: z.object({
      is_set_up: z.boolean(),
      name: z.string().nullable(),
      issuer: z.string().nullable(),
      client_id: z.string().nullable(),
      redirect_uri: z.string().describe('To enter at the provider'),
    }),
    mail: z.object({ is_set_up: z.boolean(), from: z.string() }),
  })
  .meta({ id: 'StudioSettings' });

export type Setting = z.input<typeof Setting>;

export const SingleSignOnCheck = z
  .object({
    issuer: z.string(),
    authorization_endpoint: z.string().nullable(),
    token_endpoint: z.string().nullable(),
    userinfo_endpoint: z.string().nullable(),
  })
  .meta({ id: 'SingleSignOnCheck' });

export const MailCheck = z.object({ to: z.string().describe('Where the mail went') }).meta({ id: 'MailCheck' });
