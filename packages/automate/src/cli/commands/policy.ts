import { AppError } from '../../kernel/index.ts';
import { callServer } from '../client.ts';

interface Policy {
  readonly tenant_id: string;
  readonly version: number;
  readonly effective: Readonly<Record<string, { readonly value: unknown; readonly source: string }>>;
}

interface Options {
  /** Id of a tenant: its ceiling, for staff. Default: the rules of one's own tenant. */
  readonly tenant?: string;
  readonly json?: boolean;
}

/** Shows what holds, and who set it. */
export async function policyShow(options: Options): Promise<void> {
  print((await callServer<Policy>(pathOf(options))).reply, options);
}

/** Changes rules: `max_workflows=20`, `allowed_hosts=api.example.com,*.example.org`, `max_workflows=null`. */
export async function policySet(assignments: readonly string[], options: Options): Promise<void> {
  const body = Object.fromEntries(assignments.map(parse));
  print((await callServer<Policy>(pathOf(options), { method: 'PATCH', body })).reply, options);
}

function pathOf({ tenant }: Options): string {
  return tenant === undefined ? '/api/v1/policy/' : `/api/v1/tenants/${encodeURIComponent(tenant)}/policy/`;
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

function print(policy: Policy, { json }: Options): void {
  if (json) return void process.stdout.write(`${JSON.stringify(policy)}\n`);
  const held = Object.entries(policy.effective).filter(([, { value }]) => value !== null);
  process.stdout.write(`policy of the tenant ${policy.tenant_id}, version ${policy.version}\n`);
  for (const [rule, { value, source }] of held) {
    const shown = Array.isArray(value) ? value.join(', ') || 'nothing' : String(value);
    process.stdout.write(`  ${rule.padEnd(26)} ${shown}  (${source})\n`);
  }
}
