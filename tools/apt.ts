import { spawnSync } from 'node:child_process';

/** Whether packages can be installed here: by root, on Debian or a relative of it. */
export function canInstall(): boolean {
  return process.getuid?.() === 0 && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** @throws Error when apt-get fails; its own messages are on standard error by then */
export function installPackages(packages: readonly string[], purpose: string): void {
  console.error(`Installing what ${purpose} (apt-get install ${packages.join(' ')}) …`);
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...packages);
}

function apt(...args: string[]): void {
  const { status } = spawnSync('apt-get', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`apt-get ${args[0]} failed; its messages are above. Install the packages by hand.`);
}
