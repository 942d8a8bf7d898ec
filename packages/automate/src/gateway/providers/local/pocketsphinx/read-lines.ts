/** A word or a piece of speech, with its place in the sound in seconds. */
export interface Spoken {
  readonly text: string;
  readonly startSecond: number;
  readonly endSecond: number;
}

/** Reads what PocketSphinx writes: a line of text for each piece of speech, then a line for each of its words. */
export function readLines(output: string): { segments: Spoken[]; words: Spoken[] } {
  const words: Spoken[] = [];
  const segments: Spoken[] = [];
  let open: Spoken[] = [];
  const close = () => {
    const [first, last] = [open[0], open.at(-1)];
    if (first && last) {
      segments.push({ text: open.map(({ text }) => text).join(' '), startSecond: first.startSecond, endSecond: last.endSecond });
    }
    open = [];
  };
  for (const line of output.split('\n')) {
    const [, name = '', start, end] = /^(\S+) (\d+\.\d{3}) (\d+\.\d{3}) \d+\.\d+$/.exec(line) ?? [];
    if (name === '' || name === '</s>') close();
    // Names in brackets are silence and noise; `the(2)` is another way to say a word.
    if (name === '' || /^(<.*>|\[.*\]|\+\+.*\+\+)$/.test(name)) continue;
    const word = { text: name.replace(/\(\d+\)$/, ''), startSecond: Number(start), endSecond: Number(end) };
    open.push(word);
    words.push(word);
  }
  close();
  return { segments, words };
}
