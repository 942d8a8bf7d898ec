import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Keyring } from '../../governance/index.ts';

/** One decision of one execution: node path and iteration, as the step is stored. */
export interface ApprovalPlace {
  readonly executionId: string;
  /** `<node path>:<iteration>`. */
  readonly key: string;
}

/** Links that let whoever has them decide. Nothing is stored for one: it says itself what it is for, under a signature. */
export interface ApprovalLinks {
  /** The same link whenever it is made, so that a step that is tried again sends the same. */
  urlOf(execution: { readonly id: string; readonly startedAt: Date }, key: string): string;
  /** What a token is for; undefined for one that we did not make, or that is too old. */
  read(token: string): ApprovalPlace | undefined;
}

/** As long as a step may wait at most. */
const VALID_SECONDS = 366 * 86_400;
const PREFIX = 'apv_';
const ID_BYTES = 16;
const TIME_BYTES = 6;
const SIGNATURE_BYTES = 32;

export function createApprovalLinks({ keyring, publicUrl }: { keyring: Keyring; publicUrl: () => string }): ApprovalLinks {
  return {
    urlOf({ id, startedAt }, key) {
      const expires = Math.floor(startedAt.getTime() / 1_000) + VALID_SECONDS;
      const token = signApproval(keyring.systemKey('approvals'), { executionId: id, key }, expires);
      return `${publicUrl().replace(/\/+$/, '')}/approvals/${token}/`;
    },
    read: (token) => readApproval(keyring.systemKey('approvals'), token),
  };
}

/** @param expires in seconds since 1970 */
export function signApproval(secret: Uint8Array, { executionId, key }: ApprovalPlace, expires: number): string {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeUIntBE(expires, 0, TIME_BYTES);
  const said = Buffer.concat([Buffer.from(executionId.replaceAll('-', ''), 'hex'), time, Buffer.from(key)]);
  return PREFIX + Buffer.concat([said, sign(secret, said)]).toString('base64url');
}

function readApproval(secret: Uint8Array, token: string): ApprovalPlace | undefined {
  if (!token.startsWith(PREFIX) || token.length > 2_000) return undefined;
  const text = token.slice(PREFIX.length);
  const bytes = Buffer.from(text, 'base64url');
  // One spelling only: what decodes to the same bytes is not the same token.
  if (bytes.length <= ID_BYTES + TIME_BYTES + SIGNATURE_BYTES || bytes.toString('base64url') !== text) return undefined;
  const said = bytes.subarray(0, -SIGNATURE_BYTES);
  if (!timingSafeEqual(sign(secret, said), bytes.subarray(-SIGNATURE_BYTES))) return undefined;
  if (said.readUIntBE(ID_BYTES, TIME_BYTES) * 1_000 <= Date.now()) return undefined;
  const id = said.toString('hex', 0, ID_BYTES);
  return {
    executionId: id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    key: said.toString('utf8', ID_BYTES + TIME_BYTES),
  };
}

function sign(secret: Uint8Array, said: Uint8Array): Buffer {
  return createHmac('sha256', secret).update('approval link\0').update(said).digest();
}
