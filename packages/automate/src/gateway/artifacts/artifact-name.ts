const MAXIMUM_BYTES = 200;
/** Names that Windows keeps for devices, with whatever ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** Controls, what turns text around or cannot be seen, and what file systems and shells take for something else. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}<>:"|?*\\/]/gu;

/**
 * A name that any file system takes, out of whatever somebody calls a file.
 * @param fallback for one of which nothing is left
 * @example artifactName('../../etc/pass\nwd') === 'passwd'
 */
export function artifactName(given: string | undefined, fallback = 'artifact'): string {
  const last = (given ?? '').toWellFormed().split(/[\\/]/).at(-1) ?? '';
  const plain = last
    .normalize('NFC')
    .replace(UNFIT, '')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  const short = shortened(plain);
  if (short === '') return fallback;
  return DEVICE.test(short) ? `_${short}` : short;
}

/** Keeps the ending, which says what it is. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MAXIMUM_BYTES) return name;
  const ending = /\.[\p{L}\p{N}]{1,10}$/u.exec(name)?.[0] ?? '';
  const characters = [...name.slice(0, name.length - ending.length)];
  let left = MAXIMUM_BYTES - Buffer.byteLength(ending);
  const kept = characters.filter((character) => {
    left -= Buffer.byteLength(character);
    return left >= 0;
  });
  return kept.join('').trimEnd() + ending;
}

/** `Content-Disposition` of a file (RFC 6266, RFC 8187). */
export function dispositionOf(name: string, isInline: boolean): string {
  const plain = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${isInline ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
