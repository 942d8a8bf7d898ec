import type { Automate } from '../server/index.ts';

/** SIGTERM and SIGINT stop in order; a second one ends at once. */
export function closeOnSignal(automate: Automate): void {
  let isClosing = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (isClosing) process.exit(signal === 'SIGINT' ? 130 : 143);
    isClosing = true;
    await automate.close();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
