import { z } from 'zod';
import { ApiRouter, allow, BaseAPIView, type Context, IsAuthenticated, requirePrincipal } from '../../api/index.ts';
import type { Json } from '../../kernel/index.ts';
import { requireWizards, type StudioWizard } from '../../platform/index.ts';
import { isOpenTo } from '../open-to.ts';
import { Wizards } from './schemas.ts';

const UNPLACED = 100;
type Entry = z.input<typeof Wizards>['wizards'][number];

/** What whoever asks may make. @param declared wizards of all features */
export function wizardRouter(declared: readonly StudioWizard[]): ApiRouter {
  requireWizards(declared);
  const placeOf = ({ order = UNPLACED }: StudioWizard) => order;
  const all = declared
    .toSorted((left, right) => placeOf(left) - placeOf(right))
    .map((wizard) => ({ wizard, entry: toEntry(wizard) }));
  class WizardView extends BaseAPIView {
    static {
      this.describe('get', { summary: 'List what you may make in the Studio, with its forms', response: Wizards });
    }
    override scopeResource = 'studio';
    override permissions = allow(IsAuthenticated);
    override tag: string | undefined = 'Studio';

    get(ctx: Context): z.input<typeof Wizards> {
      const principal = requirePrincipal(ctx);
      return { wizards: all.filter(({ wizard }) => isOpenTo(wizard, principal)).map(({ entry }) => entry) };
    }
  }
  return new ApiRouter().view('api/studio/wizard', WizardView, { basename: 'wizard' });
}

function toEntry(wizard: StudioWizard): Entry {
  const { name, title, description, icon, labels = {}, hints = {}, steps = [], templates = [], operation, next } = wizard;
  return {
    name,
    title,
    description,
    icon,
    schema: schemaOf(wizard.form),
    labels,
    hints,
    steps: steps.map(({ title, note = null, fields }) => ({ title, note, fields: [...fields] })),
    templates: templates.map(({ icon = wizard.icon, sample = null, ...template }) => {
      return { ...template, icon, values: template.values as Record<string, Json>, sample: sample as Json };
    }),
    operation: { method: operation.method ?? 'POST', path: operation.path },
    next,
  };
}

/** The form itself at the root, and not a reference to it, as schemas with an id have it. */
function schemaOf(form: z.ZodType): Record<string, Json> {
  const { $ref, ...root } = z.toJSONSchema(form, { io: 'input', unrepresentable: 'any' });
  const named = $ref === undefined ? undefined : root.$defs?.[$ref.replace('#/$defs/', '')];
  return { ...root, ...(named as object | undefined) } as Record<string, Json>;
}
