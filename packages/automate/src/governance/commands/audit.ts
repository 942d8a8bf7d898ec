import type { CommandInput } from '../../platform/index.ts';

interface Verification {
  readonly valid: boolean;
  readonly checked: number;
  readonly heads: readonly { readonly tenant_id: string; readonly seq: number; readonly hash: string }[];
  readonly breaks: readonly {
    readonly tenant_id: string;
    readonly seq: number;
    readonly problem: string;
    readonly detail: string;
  }[];
}

/** Checks the chain of audit entries. Ends with 1 when it is broken. */
export async function auditVerify({ options, call, print, fail }: CommandInput): Promise<void> {
  const { all, since } = options as { all?: boolean; since?: readonly string[] };
  const query = new URLSearchParams({ ...(all && { all: 'true' }), ...(since && { since: since.join(',') }) });
  const reply = await call<Verification>(`/api/v1/audit/verify/?${query}`);
  const lines = [
    `${reply.checked} entries, ${reply.valid ? 'unbroken' : 'BROKEN'}`,
    ...reply.breaks.map(({ tenant_id, seq, detail }) => `  tenant ${tenant_id}, entry ${seq}: ${detail}`),
    ...reply.heads.map(({ tenant_id, seq, hash }) => `  tenant ${tenant_id} ends with entry ${seq}  ${hash}`),
  ];
  print(reply, lines.join('\n'));
  if (!reply.valid) fail();
}

/** Writes the audit entries to standard output. */
export async function auditExport({ options, fetch }: CommandInput): Promise<void> {
  const response = await fetch(`/api/v1/audit/export/?format=${encodeURIComponent(String(options.format))}&ordering=seq`);
  for await (const piece of response.body ?? []) process.stdout.write(piece);
}
