import type { Db } from '../db/index.ts';
import { errorMessage, type Logger } from '../kernel/index.ts';

/** That there is work; the payload is who sends it and, as far as they are known, the lanes. */
const WAKE = 'automate_wake';
/** Which jobs were notified; the payload is their ids, `*` for any. */
const NOTIFIED = 'automate_control';
/** Which jobs are to end; the payload is their ids. */
const CANCELLED = 'automate_cancel';

/** How long announcements are held back, so that they share one. */
const ANNOUNCE_EVERY_MS = 10;
/** More lanes than these have work in them all the same, and are come across in turn. */
const MOST_LANES = 100;
/** A notification holds 8,000 bytes. */
const MOST_IDS = 200;

export interface NoticeHandlers {
  /** Another process has work. @param lanes where, as far as it is known */
  onAnnounced(lanes: readonly string[]): void;
  /** Jobs were notified. @param jobIds undefined: any may have been */
  onNotified(jobIds: readonly string[] | undefined): void;
  onCancelled(jobIds: readonly string[]): void;
}

/** What processes let each other know, outside of anyone's transaction. One may get lost: whoever waits for it polls too. */
export interface Notices {
  announce(lanes: readonly string[]): void;
  notified(jobIds: readonly string[]): void;
  cancelled(jobIds: readonly string[]): void;
  listen(handlers: NoticeHandlers): Promise<void>;
  stop(): Promise<void>;
}

/** @param options.name unique per start of a process: what it has announced itself, it does not hear */
export function createNotices({ db, name, logger }: { db: Db; name: string; logger: Logger }): Notices {
  // Where there is one process, there is nobody to notify.
  const isAlone = db.driver === 'pglite';
  const lanesToAnnounce = new Set<string>();
  let announcing: NodeJS.Timeout | undefined;
  const listening: (() => Promise<void>)[] = [];

  function send(channel: string, payload: string): void {
    if (isAlone) return;
    db.notify(channel, payload).catch((error: unknown) =>
      logger.debug({ reason: errorMessage(error) }, 'a notice was not sent; whoever waits for it polls'),
    );
  }

  return {
    announce(lanes) {
      if (isAlone) return;
      for (const lane of lanes) lanesToAnnounce.add(lane);
      announcing ??= setTimeout(() => {
        announcing = undefined;
        const payload = announcement(name, lanesToAnnounce);
        lanesToAnnounce.clear();
        send(WAKE, payload);
      }, ANNOUNCE_EVERY_MS);
    },
    notified: (jobIds) => send(NOTIFIED, jobIds.length > MOST_IDS ? '*' : jobIds.join(',')),
    cancelled: (jobIds) => send(CANCELLED, jobIds.join(',')),
    async listen({ onAnnounced, onNotified, onCancelled }) {
      const onWake = (payload: string): void => {
        const { sender, lanes } = readAnnouncement(payload);
        if (sender !== name) onAnnounced(lanes);
      };
      listening.push(
        await db.listen(WAKE, onWake),
        await db.listen(NOTIFIED, (ids) => onNotified(ids === '' || ids === '*' ? undefined : ids.split(','))),
        // After a reconnect, the next heartbeat finds what was missed.
        await db.listen(CANCELLED, (ids) => onCancelled(ids.split(','))),
      );
    },
    async stop() {
      clearTimeout(announcing);
      for (const stopListening of listening.splice(0)) await stopListening();
    },
  };
}

function announcement(sender: string, lanes: ReadonlySet<string>): string {
  return lanes.size === 0 || lanes.size > MOST_LANES ? sender : `${sender} ${[...lanes].join(',')}`;
}

function readAnnouncement(payload: string): { readonly sender: string; readonly lanes: readonly string[] } {
  const [sender = '', lanes] = payload.split(' ');
  return { sender, lanes: lanes?.split(',') ?? [] };
}
