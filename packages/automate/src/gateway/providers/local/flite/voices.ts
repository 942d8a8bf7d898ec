/** The voices that flite is built with. A name that it does not know would be taken for a file or a URL. */
export const voices = ['slt', 'kal16', 'kal', 'awb', 'rms'] as const;
export type Voice = (typeof voices)[number];

export function isVoice(name: string): name is Voice {
  return (voices as readonly string[]).includes(name);
}
