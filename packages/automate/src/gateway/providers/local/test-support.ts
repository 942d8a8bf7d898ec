import type { z } from 'zod';
import type { ProviderClient, ProviderKind } from '../provider-kind.ts';
import { localKinds } from './local-kinds.ts';
import { runProgram } from './programs/run-program.ts';

/** The kind of a name, and a client of it with this configuration. */
export function clientOf(name: string, config: Record<string, unknown> = {}): ProviderClient {
  const kind = kindOf(name);
  const made = kind.create({
    config: (kind.config as z.ZodObject).parse(config),
    key: undefined,
    fetch: () => Promise.reject(new Error('no calls')),
  });
  if (made instanceof Promise) throw new TypeError(`The client of ${name} is not there at once.`);
  return made;
}

export function kindOf(name: string): ProviderKind {
  const kind = localKinds.find((each) => each.kind === name);
  if (!kind) throw new Error(`no kind ${name}`);
  return kind;
}

/** Makes test material with ffmpeg. */
export async function ffmpeg(folder: string, args: readonly string[]): Promise<void> {
  const { exitCode, complaint } = await runProgram({
    program: 'ffmpeg',
    packages: ['ffmpeg'],
    arguments: ['-nostdin', '-loglevel', 'error', '-y', ...args],
    folder,
    limits: { timeMs: 60_000, outputBytes: 200_000_000, memoryBytes: 4_000_000_000 },
  });
  if (exitCode !== 0) throw new Error(complaint);
}
