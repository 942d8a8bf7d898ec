/** The voices that flite is built with. A name that it does not know would be taken for a file or a URL. */
export const voices = ['slt', 'kal16', 'kal', 'awb', 'rms'] as const;
export type Voice = (typeof voices)[number];

export function isVoice(name: string): name is Voice {
  return (voices as readonly string[]).includes(name);
}

/** What OpenAI's clients call their voices; each is the nearest that there is. */
const others: Readonly<Record<string, Voice>> = {
  alloy: 'slt',
  ash: 'rms',
  ballad: 'awb',
  cedar: 'rms',
  coral: 'slt',
  echo: 'rms',
  fable: 'awb',
  marin: 'slt',
  nova: 'slt',
  onyx: 'kal16',
  sage: 'slt',
  shimmer: 'slt',
  verse: 'awb',
};

/** The voice of a name, also of one of OpenAI's; undefined for others. */
export function voiceOf(name: string): Voice | undefined {
  if (isVoice(name)) return name;
  return Object.hasOwn(others, name) ? others[name] : undefined;
}
