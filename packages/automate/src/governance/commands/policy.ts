import { AppError } from '../../kernel/index.ts';
import type { CommandInput } from '../../platform/index.ts';

interface Policy {
  readonly tenant_id: string;
  readonly version: number;
  readonly effective: Readonly<Record<string, { readonly value: unknown; readonly source: string }>>;
}

/** Shows what holds, and who set it. */
export async function policyShow({ options, call, print }: CommandInput): Promise<void> {
  const policy = await call<Policy>(pathOf(options));
  print(policy, textOf(policy));
}

/** Changes rules: `max_workflows=20`, `allowed_hosts=api.example.com,*.example.org`, `max_workflows=null`. */
export async function policySet({ list, options, call, print }: CommandInput): Promise<void> {
  const policy = await call<Policy>(pathOf(options), { method: 'PATCH', body: Object.fromEntries(list.map(parse)) });
  print(policy, textOf(policy));
}

/** Of a tenant: its ceiling, for staff. Else the rules of one's own tenant. */
function pathOf({ tenant }: CommandInput['options']): string {
  return tenant === undefined ? '/api/v1/policy/' : `/api/v1/tenants/${encodeURIComponent(String(tenant))}/policy/`;
}

function parse(assignment: string): [rule: string, value: unknown] {
  const at = assignment.indexOf('=');
  const [rule, text] = [assignment.slice(0, at), assignment.slice(at + 1)];
  if (at < 1) {
    const detail = `"${assignment}" is not of the form rule=value, such as max_workflows=20.`;
    throw new AppError({ status: 400, code: 'invalid_data', title: 'Invalid data', detail });
  }
  if (text === 'null') return [rule, null];
  if (/^\d+$/.test(text)) return [rule, Number(text)];
  return [rule, text === '' ? [] : text.split(',').map((item) => item.trim())];
}

function textOf(policy: Policy): string {
  const held = Object.entries(policy.effective).filter(([, { value }]) => value !== null);
  const lines = held.map(([rule, { value, source }]) => {
    const shown = Array.isArray(value) ? value.join(', ') || 'nothing' : String(value);
    return `  ${rule.padEnd(26)} ${shown}  (${source})`;
  });
  return [`policy of the tenant ${policy.tenant_id}, version ${policy.version}`, ...lines].join('\n');
}
