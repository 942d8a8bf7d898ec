import type { StudioWizard } from '../platform/index.ts';
import { InvitationCreate } from './invitations/schemas.ts';
import { TenantCreate } from './tenants/schemas.ts';

/** Who and what can be let in. */
export const accountWizards: readonly StudioWizard[] = [
  {
    name: 'person',
    title: { en: 'Person', it: 'Persona' },
    description: { en: 'Invites somebody into this tenant, with a role', it: 'Invita qualcuno in questo tenant, con un ruolo' },
    icon: 'people',
    order: 50,
    scope: 'members:write',
    form: InvitationCreate,
    labels: {
      email: { en: 'Email address', it: 'Indirizzo email' },
      role: { en: 'Role', it: 'Ruolo' },
      days: { en: 'Days it can be accepted', it: 'Giorni per accettare' },
    },
    hints: { days: { en: '1 to 30', it: 'Da 1 a 30' } },
    operation: { path: 'api/v1/invitations/' },
    next: { title: { en: 'All people', it: 'Tutte le persone' }, path: 'people' },
  },
  {
    name: 'tenant',
    title: { en: 'Tenant', it: 'Tenant' },
    description: { en: 'A house of its own, with an owner', it: 'Una casa a sé, con un proprietario' },
    icon: 'box',
    order: 60,
    scope: 'tenant:write',
    isForStaff: true,
    form: TenantCreate,
    labels: {
      name: { en: 'Name', it: 'Nome' },
      slug: { en: 'Short name', it: 'Nome breve' },
      owner: { en: 'Owner’s email address', it: 'Indirizzo email del proprietario' },
    },
    hints: {
      slug: {
        en: 'Lower case words joined by `-`, for addresses and commands',
        it: 'Parole minuscole unite da `-`, per indirizzi e comandi',
      },
      owner: { en: 'They are invited as its owner', it: 'Riceve un invito come proprietario' },
    },
    steps: [{ title: { en: 'The tenant', it: 'Il tenant' }, fields: ['name', 'slug', 'owner'] }],
    operation: { path: 'api/v1/tenants/' },
    next: { title: { en: 'All tenants', it: 'Tutti i tenant' }, path: 'tenants' },
  },
];
