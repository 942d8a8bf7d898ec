import { AppError } from '../kernel/index.ts';
import type { JobHandler } from './job.ts';

/** What runs jobs, by their kind. */
export interface JobKinds {
  readonly handlers: ReadonlyMap<string, JobHandler>;
  /** @throws AppError `job_kind_taken` for a second handler of a kind, and for one that comes after the start */
  register(handlers: readonly JobHandler[]): void;
  /** Nothing is registered from now on. @returns those of `wanted` that jobs are claimed of; undefined: of all */
  close(wanted: readonly string[]): readonly string[] | undefined;
}

export function createJobKinds(): JobKinds {
  const handlers = new Map<string, JobHandler>();
  let isClosed = false;
  return {
    handlers,
    register(added) {
      for (const handler of added) {
        const { kind } = handler;
        if (isClosed) throw notRegistered(`The kind of job "${kind}" was registered after the start: register it before.`);
        if (handlers.has(kind)) throw notRegistered(`The kind of job "${kind}" has two handlers: give one of them another name.`);
        handlers.set(kind, handler);
      }
    },
    close(wanted) {
      isClosed = true;
      const unknown = wanted.filter((kind) => !handlers.has(kind));
      if (unknown.length === 0) return wanted.length > 0 ? wanted : undefined;
      throw unknownKinds(unknown, [...handlers.keys()].sort());
    },
  };
}

function notRegistered(detail: string): AppError {
  return new AppError({ status: 500, code: 'job_kind_taken', title: 'Kind of job cannot be registered', detail });
}

function unknownKinds(unknown: readonly string[], known: readonly string[]): AppError {
  return new AppError({
    status: 500,
    code: 'invalid_settings',
    title: 'Invalid settings',
    detail:
      `AUTOMATE_WORKER_KINDS or --kinds names ${unknown.map((kind) => `"${kind}"`).join(', ')}, which is no kind of job here; ` +
      `known are ${known.join(', ')}`,
  });
}
