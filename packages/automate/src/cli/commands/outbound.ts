import { AppError, loadSettings } from '../../kernel/index.ts';
import { createOutbound } from '../../outbound/index.ts';

/** Says whether the guarded client would call a URL, with the settings of this environment; looks the name up and dials nothing. */
export async function outboundCheck(url: string, options: { json?: boolean }): Promise<void> {
  const { outbound: policy } = loadSettings();
  const outbound = createOutbound({ ...policy, policy });
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
  if (options.json) process.stdout.write(`${JSON.stringify({ url, allowed: isAllowed, reason: reason ?? null })}\n`);
  else process.stdout.write(isAllowed ? 'allowed\n' : `refused: ${reason}\n`);
  if (!isAllowed) process.exitCode = 1;
}
