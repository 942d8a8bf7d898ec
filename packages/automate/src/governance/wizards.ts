import { z } from 'zod';
import type { StudioWizard } from '../platform/index.ts';
import { ApiKeyCreate } from './api-keys/schemas.ts';
import { SecretCreate } from './secrets/schemas.ts';

const { name, value, hosts, description } = SecretCreate.shape;
const key = ApiKeyCreate.shape;

/** What can be made of keys and secrets. */
export const governanceWizards: readonly StudioWizard[] = [
  {
    name: 'secret',
    title: { en: 'Secret', it: 'Segreto' },
    description: {
      en: 'A password or token that steps send, and nobody sees again',
      it: 'Una password o un token che i passi usano, e nessuno rivede',
    },
    icon: 'lock',
    order: 30,
    scope: 'secrets:write',
    form: z.strictObject({ name, value: value.unwrap(), hosts, description }),
    labels: {
      name: { en: 'Name', it: 'Nome' },
      value: { en: 'Value', it: 'Valore' },
      hosts: { en: 'Hosts it may be sent to', it: 'Host a cui può essere mandato' },
      description: { en: 'Description', it: 'Descrizione' },
    },
    hints: {
      name: { en: 'As steps name it: `{{ secrets.NAME }}`', it: 'Come lo nominano i passi: `{{ secrets.NAME }}`' },
      value: { en: 'Never shown again', it: 'Non si vede più' },
      hosts: { en: 'Such as `api.example.com` or `*.example.com`', it: 'Come `api.example.com` o `*.example.com`' },
    },
    steps: [
      { title: { en: 'The secret', it: 'Il segreto' }, fields: ['name', 'value'] },
      {
        title: { en: 'Where it may go', it: 'Dove può andare' },
        note: {
          en: 'It is sent to no other host, whatever a workflow says.',
          it: 'Non va a nessun altro host, qualunque cosa dica un flusso.',
        },
        fields: ['hosts', 'description'],
      },
    ],
    operation: { path: 'api/v1/secrets/' },
    next: { title: { en: 'All secrets', it: 'Tutti i segreti' }, path: 'secrets' },
  },
  {
    name: 'api-key',
    title: { en: 'API key', it: 'Chiave API' },
    description: { en: 'Lets a program of yours call the API', it: 'Permette a un tuo programma di chiamare l’API' },
    icon: 'key',
    order: 40,
    scope: 'api_keys:write',
    form: z.strictObject({ name: key.name, scopes: key.scopes.unwrap().min(1), expires_at: key.expires_at }),
    labels: {
      name: { en: 'Name', it: 'Nome' },
      scopes: { en: 'What it may do', it: 'Che cosa può fare' },
      expires_at: { en: 'Good until', it: 'Valida fino a' },
    },
    hints: {
      scopes: { en: 'At most what you may', it: 'Al massimo ciò che puoi tu' },
      expires_at: { en: 'Left empty: until it is revoked', it: 'Vuoto: finché non viene revocata' },
    },
    steps: [{ title: { en: 'The key', it: 'La chiave' }, fields: ['name', 'scopes', 'expires_at'] }],
    operation: { path: 'api/v1/api-keys/' },
    next: { title: { en: 'All API keys', it: 'Tutte le chiavi API' }, path: 'api-keys' },
  },
];
