import { type Logger as PinoLogger, pino } from 'pino';
import { secretsInUse } from './known-secrets.ts';
import { createRedactor } from './redaction.ts';

export type Logger = PinoLogger;
const redact = createRedactor({ knownSecrets: secretsInUse.all });
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** A structured logger that writes one JSON object a line (ECS field names) to standard error, so that standard output stays for results. Known shapes of secrets, and secrets in use, are redacted. */
export function createLogger(options: { level: LogLevel; name?: string }): Logger {
  return pino(
    {
      level: options.level,
      base: { 'service.name': options.name ?? 'automate', 'process.pid': process.pid },
      messageKey: 'message',
      errorKey: 'error',
      timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ 'log.level': label }) },
      hooks: {
        logMethod(values, method) {
          // Secrets are taken out here, so that no caller has to think of it.
          method.apply(
            this,
            values.map((value) =>
              typeof value === 'object' || typeof value === 'string' ? redact(value) : value,
            ) as typeof values,
          );
        },
      },
    },
    pino.destination({ fd: 2, sync: false }),
  );
}
