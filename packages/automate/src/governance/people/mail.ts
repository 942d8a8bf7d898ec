import { createTransport } from 'nodemailer';
import { errorMessage, type Logger, type Settings } from '../../kernel/index.ts';

export interface Mailer {
  /** Sends in the background: nobody's reply tells by its time whether a mail went out. */
  send(mail: { to: string; subject: string; text: string }): void;
  close(): Promise<void>;
}

const TIMEOUT_MS = 20_000;

/** Mail over SMTP. Without a server in the settings nothing is sent, and the log says so. */
export function createMailer(settings: Settings['mail'], logger: Pick<Logger, 'info' | 'warn'>): Mailer {
  const { smtpUrl, from } = settings;
  const transport = smtpUrl === undefined ? undefined : createTransport(smtpUrl, { from });
  const pending = new Set<Promise<void>>();
  return {
    send(mail) {
      if (!transport) {
        logger.warn('a mail was not sent: set AUTOMATE_SMTP_URL, or hand out a link with `automate user reset`');
        return;
      }
      const sending: Promise<void> = transport.sendMail(mail).then(
        () => logger.info('mail sent'),
        (error: unknown) => logger.warn({ reason: errorMessage(error) }, 'mail not sent'),
      );
      pending.add(sending);
      void sending.finally(() => pending.delete(sending));
    },
    async close() {
      await Promise.race([Promise.all(pending), new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS).unref())]);
      transport?.close();
    },
  };
}
