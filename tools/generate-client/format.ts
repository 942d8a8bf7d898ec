import { spawnSync } from 'node:child_process';

const MARK = '// ──── file ';

/** Formats files as Biome does, all in one run of it. */
export function format(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const input = [...files].map(([name, text]) => `${MARK}${name}\n${text}`).join('\n');
  const { status, stdout, stderr } = spawnSync('biome', ['format', '--stdin-file-path=packages/client/src/generated/all.ts'], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1_048_576,
  });
  if (status !== 0) throw new Error(`biome could not format the client:\n${stderr}`);
  const parts = stdout.split(MARK).slice(1);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), `${part.slice(end + 1).trim()}\n`];
    }),
  );
}
