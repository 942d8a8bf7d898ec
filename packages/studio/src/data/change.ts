import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { wordsOf } from '../api.ts';
import { useText } from '../text/text.tsx';
import { say } from '../ui/toast.tsx';

interface ChangeOptions<Given> {
  run(given: Given): Promise<unknown>;
  /** What is read again afterwards. */
  readonly keys: readonly QueryKey[];
  /** What has happened, and how it is taken back, if it can be. */
  done?(given: Given): { readonly text: string; undo?(): Promise<unknown> } | undefined;
}

/** Something that is done at once: said in a toast, with a way back where there is one. A refusal is said in the server's words. */
export function useChange<Given>({ run, keys, done }: ChangeOptions<Given>) {
  const client = useQueryClient();
  const text = useText();
  const renew = () => Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })));
  const refuse = (error: unknown) => say(wordsOf(error), { status: 'failed' });
  return useMutation({
    mutationFn: run,
    onError: refuse,
    async onSuccess(_, given) {
      await renew();
      const told = done?.(given);
      if (!told) return;
      const { undo } = told;
      const back = undo && { label: text.undo, onSelect: () => void undo().then(renew, refuse) };
      say(told.text, back ? { link: back } : {});
    },
  });
}
