import { useRef } from 'react';

/** A name for each entry of a list that stays with it when others come, go and move. */
export function useRowKeys(count: number) {
  const keys = useRef<number[]>([]);
  const last = useRef(0);
  while (keys.current.length < count) keys.current.push(++last.current);
  keys.current.length = count;
  return {
    keys: keys.current as readonly number[],
    removed: (index: number) => void keys.current.splice(index, 1),
    moved(from: number, to: number) {
      const [key] = keys.current.splice(from, 1);
      if (key !== undefined) keys.current.splice(to, 0, key);
    },
  };
}

export function movedIn<Entry>(list: readonly Entry[], from: number, to: number): Entry[] {
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), list[from] as Entry, ...rest.slice(to)];
}
