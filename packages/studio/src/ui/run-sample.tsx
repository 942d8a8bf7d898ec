import { useNavigate } from '@tanstack/react-router';
import { wordsOf } from '../api.ts';
import { useSample } from '../data/sample.ts';
import { useWelcome } from '../data/welcome.ts';
import { translated, useTextOf } from '../text/text.tsx';
import { Icon } from './icon.tsx';
import { say } from './toast.tsx';

const words = translated({ run: 'Run the sample', running: 'Running' }, { run: 'Esegui l’esempio', running: 'In corso' });

/** What one can do where nothing has run yet: run the sample, and see how. Nothing for whoever may not. */
export function RunSample() {
  const text = useTextOf(words);
  const navigate = useNavigate();
  const { run, canRun } = useSample(useWelcome({ isLive: false }).data);
  if (!canRun) return null;
  const begin = () =>
    run.mutate(undefined, {
      onSuccess: (id) => id && void navigate({ to: '/studio/executions/$id/', params: { id } }),
      onError: (error) => say(wordsOf(error), { status: 'failed' }),
    });
  return (
    <button type="button" className="btn primary" disabled={run.isPending} aria-busy={run.isPending} onClick={begin}>
      <Icon name={run.isPending ? 'running' : 'play'} />
      {run.isPending ? text.running : text.run}
    </button>
  );
}
