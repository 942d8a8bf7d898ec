import { crc32, deflateSync } from 'node:zlib';

/** Files made to hurt whoever reads them, by the name the corpus gives them. */
export const hostileFiles: Readonly<Record<string, () => HostileFile>> = {
  zip_abs: () => ({
    name: 'absolute.zip',
    type: 'application/zip',
    bytes: zip([{ name: '/etc/passwd', content: 'root::0:0::/:/bin/sh\n' }]),
  }),
  zip_symlink: () => ({
    name: 'symlink.zip',
    type: 'application/zip',
    bytes: zip([
      { name: 'link', content: '/etc', mode: 0o120777 },
      { name: 'link/cron.d/own', content: '* * * * * root id\n' },
    ]),
  }),
  pdf_loop: () => ({ name: 'loop.pdf', type: 'application/pdf', bytes: loopingPdf() }),
  png_bomb: () => ({ name: 'bomb.png', type: 'image/png', bytes: png(50_000) }),
  json_deep: () => ({
    name: 'deep.json',
    type: 'application/json',
    bytes: Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
  }),
};

export interface HostileFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface Part {
  readonly name: string;
  readonly filename: string;
  readonly content_type: string;
  readonly content: string | Buffer;
}

/** A form written by hand: no library would let such names through as they are. */
export function multipart(boundary: string, parts: readonly Part[]): Buffer {
  const pieces = parts.map(({ name, filename, content_type: type, content }) => {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: ${type}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), Buffer.from(content), Buffer.from('\r\n')]);
  });
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

/** A part whose headers go on and on. */
export function endlessPartHeaders(boundary: string, bytes: number): Buffer {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nX-Long: `;
  return Buffer.concat([Buffer.from(head), Buffer.alloc(bytes, 'a'), Buffer.from(`\r\n\r\nx\r\n--${boundary}--\r\n`)]);
}

/** Entries as they are, nothing compressed (APPNOTE 4.3). */
function zip(entries: readonly { name: string; content: string; mode?: number }[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode = 0o100644 } of entries) {
    const path = Buffer.from(name);
    const data = Buffer.from(content);
    const facts = Buffer.alloc(22);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt32LE(crc32(data), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(data.length, 18);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(path.length, 0);
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), facts, lengths, path, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    // Version made by: Unix, or the mode means nothing.
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), facts, lengths, rest, path]));
    files.push(file);
    offset += file.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, listing, Buffer.from('PK\x05\x06'), end]);
}

/** Its tree of pages holds itself. */
function loopingPdf(): Buffer {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 3 0 R >>',
    '<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>',
  ];
  let text = '%PDF-1.7\n';
  const places = objects.map((object, index) => {
    const place = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const size = objects.length + 1;
  return Buffer.from(
    `${text}xref\n0 ${size}\n0000000000 65535 f \n${places.join('')}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`,
  );
}

/** A black square of so many pixels a side, one bit each: hundreds of megabytes of rows in a few hundred kilobytes. */
function png(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.writeUInt8(1, 8);
  const rows = deflateSync(Buffer.alloc(side * (Math.ceil(side / 8) + 1)), { level: 1 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
