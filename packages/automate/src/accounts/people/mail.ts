import { errorMessage, type Logger } from '../../kernel/index.ts';
import type { MailSettings } from '../settings.ts';

export interface Mailer {
  /** Whether there is a server to send by. */
  readonly isSetUp: boolean;
  /** The sender. */
  readonly from: string;
  /** Sends in the background: nobody's reply tells by its time whether a mail went out. */
  send(mail: { to: string; subject: string; text: string }): void;
  /** Sends a mail that says nothing, and waits until the server has taken it. @returns why it did not */
  check(to: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Of the connection and of each silence in it: nodemailer itself would wait for minutes. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
const CLOSE_MS = 20_000;

/** Mail over SMTP. Without a server in the settings nothing is sent, and the log says so. */
export function createMailer(settings: MailSettings, logger: Pick<Logger, 'info' | 'warn'>): Mailer {
  const { smtpUrl, from } = settings;
  const connect = async (url: string) => (await import('nodemailer')).createTransport({ url, ...TIMEOUTS }, { from });
  let transport: ReturnType<typeof connect> | undefined;
  const pending = new Set<Promise<void>>();
  return {
    isSetUp: smtpUrl !== undefined,
    from,
    async check(to) {
      if (smtpUrl === undefined) return 'No mail server is set up: set AUTOMATE_SMTP_URL.';
      transport ??= connect(smtpUrl);
      const text = 'This mail was asked for in the settings of Automate. It is here, so mail works.';
      try {
        await (await transport).sendMail({ to, subject: 'Mail from Automate works', text });
        return undefined;
      } catch (error) {
        return `The mail server did not take the mail: ${reasonOf(error)}.`;
      }
    },
    send(mail) {
      if (smtpUrl === undefined) {
        logger.warn('a mail was not sent: set AUTOMATE_SMTP_URL, or hand out a link with `automate user reset`');
        return;
      }
      transport ??= connect(smtpUrl);
      const sending: Promise<void> = transport
        .then((ready) => ready.sendMail(mail))
        .then(
          () => logger.info('mail sent'),
          (error: unknown) => logger.warn({ reason: reasonOf(error) }, 'mail not sent'),
        );
      pending.add(sending);
      void sending.finally(() => pending.delete(sending));
    },
    async close() {
      await Promise.race([Promise.all(pending), new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
      (await transport)?.close();
    },
  };
}

/** What the server said stays out of the log: it may repeat what it was sent, and mails hold links that let somebody in. */
function reasonOf(error: unknown): string {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  return responseCode === undefined ? errorMessage(error) : `${code} ${responseCode}`;
}
