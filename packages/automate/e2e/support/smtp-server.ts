import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** How the server treats who connects. */
export interface Manners {
  /** Greets nobody before this. */
  readonly greetsAfter?: Promise<void>;
  /** Refuses the log-in, the recipient or the mail, and repeats what it was sent. */
  readonly refuses?: 'login' | 'recipient' | 'mail';
  /** Offers STARTTLS, with a certificate that nobody trusts. */
  readonly hasForeignCertificate?: boolean;
}

/** A mail server on loopback that keeps what it gets. */
export interface TestSmtpServer {
  /** With a user and a password. */
  readonly url: string;
  readonly password: string;
  readonly mails: Mail[];
  manners: Manners;
  /** Connections so far. */
  connections(): number;
  close(): Promise<void>;
}

export async function startSmtpServer({ hasForeignCertificate = false } = {}): Promise<TestSmtpServer> {
  let connections = 0;
  const server = new SMTPServer({
    disabledCommands: hasForeignCertificate ? [] : ['STARTTLS'],
    allowInsecureAuth: true,
    onConnect: (_, done) => {
      connections += 1;
      void (smtp.manners.greetsAfter ?? Promise.resolve()).then(() => done());
    },
    onAuth({ username, password }, _, done) {
      if (smtp.manners.refuses === 'login') return done(refusal(535, `no user ${username} with the password ${password}`));
      return username === 'postman' && password === smtp.password ? done(null, { user: 1 }) : done(refusal(535, 'wrong'));
    },
    onRcptTo: ({ address }, _, done) => done(smtp.manners.refuses === 'recipient' ? refusal(550, `no mailbox ${address}`) : null),
    onData(stream, _, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const mail = read(Buffer.concat(pieces).toString());
        if (smtp.manners.refuses === 'mail') return done(refusal(554, `unwanted: ${mail.text.replace(/\s+/g, ' ')}`));
        smtp.mails.push(mail);
        done();
      });
    },
  });
  // Whoever breaks off is what some of the tests are about.
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const password = 'the-password-of-the-postman';
  const smtp: TestSmtpServer = {
    url: `smtp://postman:${password}@127.0.0.1:${(listening.address() as AddressInfo).port}`,
    password,
    mails: [],
    manners: {},
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
  return smtp;
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** A mail of plain text (RFC 5322; quoted-printable as in RFC 2045). */
function read(source: string): Mail {
  const [head = '', ...rest] = source.split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const header = (name: string) =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  const body = rest.join('\r\n\r\n');
  const isQuoted = header('content-transfer-encoding').toLowerCase() === 'quoted-printable';
  const text = isQuoted
    ? body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : body;
  return { from: header('from'), to: header('to'), subject: header('subject'), text };
}
