import { AppError } from '../../kernel/index.ts';
import { createOutbound, type OutboundSettings } from '../../outbound/index.ts';
import type { CommandInput } from '../../platform/index.ts';

/** Says whether the guarded client would call a URL, with these settings; looks the name up and dials nothing. Ends with 1 when not. */
export async function outboundCheck(
  { arguments: [url = ''], print, fail }: CommandInput,
  settings: OutboundSettings,
): Promise<void> {
  const outbound = createOutbound({ ...settings, policy: settings });
  let reason: string | undefined;
  try {
    await outbound.check(url);
  } catch (error) {
    if (!AppError.is(error)) throw error;
    reason = error.message;
  } finally {
    await outbound.close();
  }
  const isAllowed = reason === undefined;
  print({ url, allowed: isAllowed, reason: reason ?? null }, isAllowed ? 'allowed' : `refused: ${reason}`);
  if (!isAllowed) fail();
}
