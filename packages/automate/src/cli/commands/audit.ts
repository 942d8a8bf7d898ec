import { callServer, fetchServer } from '../client.ts';

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

/** Checks the chain of audit entries. Exits with 1 when it is broken. */
export async function auditVerify(options: { json?: boolean; all?: boolean; since?: readonly string[] }): Promise<void> {
  const query = new URLSearchParams({
    ...(options.all && { all: 'true' }),
    ...(options.since && { since: options.since.join(',') }),
  });
  const { reply } = await callServer<Verification>(`/api/v1/audit/verify/?${query}`);
  if (options.json) process.stdout.write(`${JSON.stringify(reply)}\n`);
  else {
    process.stdout.write(`${reply.checked} entries, ${reply.valid ? 'unbroken' : 'BROKEN'}\n`);
    for (const { tenant_id, seq, detail } of reply.breaks)
      process.stdout.write(`  tenant ${tenant_id}, entry ${seq}: ${detail}\n`);
    for (const { tenant_id, seq, hash } of reply.heads)
      process.stdout.write(`  tenant ${tenant_id} ends with entry ${seq}  ${hash}\n`);
  }
  if (!reply.valid) process.exitCode = 1;
}

/** Writes the audit entries to standard output. */
export async function auditExport(options: { format: string }): Promise<void> {
  const response = await fetchServer(`/api/v1/audit/export/?format=${encodeURIComponent(options.format)}&ordering=seq`);
  for await (const piece of response.body ?? []) process.stdout.write(piece);
}
