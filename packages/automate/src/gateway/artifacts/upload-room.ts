import type { Db, Queryable } from '../../db/index.ts';
import { type EffectiveValue, type LimitRule, orChange, type Policies, setBy } from '../../governance/index.ts';
import { holdRoom, lockRoom, releaseRoom } from './artifact-room.store.ts';
import { artifactErrors } from './errors.ts';
import { artifactRules } from './rules.ts';

/** How much one upload may bring, and how much of it is sure of its place. */
export interface UploadRoom {
  /**
   * Makes room for so many bytes of the upload in all.
   * @throws AppError `artifact_too_large`, `artifact_space_used_up`
   */
  take(bytes: number): Promise<void>;
  /**
   * Gives back what was taken, in the transaction that stores the artifact.
   * @throws AppError `artifact_space_used_up` when it is no longer there
   */
  settle(transaction: Queryable, bytes: number): Promise<void>;
  release(): Promise<void>;
}

export interface Limits {
  readonly one: EffectiveValue<number>;
  readonly all: EffectiveValue<number>;
}

const FIRST_BYTES = 65_536;
const MOST_AT_ONCE = 64 * 1_048_576;
/** Before what was taken is given to others. */
const RENEW_MS = 60_000;

/** The limits of tenants, as their policies say. */
export function limitsOf(policies: Policies) {
  return policies.derive(
    (layers): Limits => ({
      one: policies.limit(artifactRules.maxArtifactBytes, layers),
      all: policies.limit(artifactRules.maxArtifactBytesTotal, layers),
    }),
  );
}

export interface RoomOptions {
  readonly limits: Limits;
  /** Of the installation. */
  readonly maxBytes: number;
  /** As announced, if it was. */
  readonly expectedBytes: number | undefined;
}

/** Room is taken as bytes come, twice as much each time unless their number is known: uploads at once never bring more than fits. */
export function openRoom(
  db: Db,
  upload: { readonly tenantId: string; readonly id: string },
  { limits, maxBytes, expectedBytes }: RoomOptions,
): UploadRoom {
  const most = Math.min(maxBytes, limits.one.value ?? maxBytes);
  let taken = 0;
  let takenAt = 0;

  async function hold(bytes: number): Promise<void> {
    const now = performance.now();
    if (limits.all.value === null || (bytes <= taken && now - takenAt < RENEW_MS)) return;
    const further = expectedBytes ?? Math.max(FIRST_BYTES, Math.min(2 * taken, taken + MOST_AT_ONCE));
    const wished = Math.min(most, Math.max(bytes, further));
    await db.transaction(async (transaction) => {
      const used = await lockRoom(transaction, upload.tenantId, upload.id);
      const left = (limits.all.value as number) - used.stored - used.underWay;
      if (bytes > left) throw usedUp(limits.all, used.stored + used.underWay);
      taken = Math.min(wished, left);
      await holdRoom(transaction, { ...upload, bytes: taken });
    });
    takenAt = now;
  }

  return {
    async take(bytes) {
      if (bytes > most) throw tooLarge(most, limits.one);
      await hold(bytes);
    },
    async settle(transaction, bytes) {
      const used = await lockRoom(transaction, upload.tenantId, upload.id);
      if (limits.all.value !== null && bytes > limits.all.value - used.stored - used.underWay)
        throw usedUp(limits.all, used.stored + used.underWay);
      await releaseRoom(transaction, upload.id);
    },
    release: () => (takenAt === 0 ? Promise.resolve() : releaseRoom(db, upload.id)),
  };
}

function tooLarge(most: number, { value, source }: EffectiveValue<number>) {
  const rule: LimitRule = artifactRules.maxArtifactBytes;
  const who = value === most ? setBy(rule, source) : 'the setting AUTOMATE_GATEWAY_ARTIFACTS_MAX_BYTES of this installation';
  return artifactErrors.artifact_too_large(`An artifact has up to ${most} bytes: ${who}.`);
}

function usedUp({ value, source }: EffectiveValue<number>, used: number) {
  const rule: LimitRule = artifactRules.maxArtifactBytesTotal;
  return artifactErrors.artifact_space_used_up(
    `The artifacts of the tenant take ${used} bytes, those on their way included, and may take ${value}: ${setBy(rule, source)}. Delete some first, ${orChange(source)}`,
  );
}
