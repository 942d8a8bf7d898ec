/** Told when the server says that nobody is signed in any more; forms stay as they are. */
type Listener = () => void;

let isOver = false;
const listeners = new Set<Listener>();

export function endSession(): void {
  isOver = true;
  for (const listener of listeners) listener();
}

export function resumeSession(): void {
  isOver = false;
  for (const listener of listeners) listener();
}

export const sessionEnd = {
  subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
  isOver: () => isOver,
};
