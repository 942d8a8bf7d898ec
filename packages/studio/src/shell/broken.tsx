import { useRouter } from '@tanstack/react-router';
import { wordsOf } from '../api.ts';
import { useText } from '../text/text.tsx';
import { Failed } from '../ui/empty.tsx';

/** A page that has failed itself: what others show is not touched. */
export function Broken({ error, reset }: { error: unknown; reset(): void }) {
  const text = useText();
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return <Failed words={`${text.states.broken}: ${wordsOf(error)}`} onRetry={retry} />;
}
