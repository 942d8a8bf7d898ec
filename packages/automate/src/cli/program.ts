import { readFileSync } from 'node:fs';
import { Command } from 'commander';

/** The `automate` command. A command is loaded when it is run: most need little of the product. */
export function createProgram(): Command {
  const program = new Command('automate')
    .description('Events in, durable workflows out: the automation and AI backend in your own house.')
    .version(version(), '-V, --version', 'print the version')
    .showHelpAfterError('(--help shows what there is)');

  const server = command(
    program,
    'serve',
    'Serve the API; in embedded mode with the worker in the same process',
    'PORT=4000 automate serve',
  )
    .option('--with-worker', 'run the worker in this process too (always so in embedded mode)')
    .option('--migrate', 'bring the database schema up to date first (always so in embedded mode)')
    .action(async (options) => (await import('./commands/serve.ts')).serve(options));

  const worker = command(
    program,
    'worker',
    'Run workflows, as one of any number of worker processes',
    'DATABASE_URL=postgres://… automate worker --concurrency 200 --lanes acme',
  ).action(async (options) => (await import('./commands/worker.ts')).work(options));

  for (const each of [server, worker]) {
    each
      .option('--concurrency <number>', 'most jobs in flight at once')
      .option('--lanes <tenants>', 'run jobs of these tenants only: slugs or ids, separated by commas')
      .option('--kinds <kinds>', 'run these kinds of jobs only, such as execution,execution_batch');
  }

  command(program, 'migrate', 'Bring the database schema up to date', 'automate migrate --status')
    .option('--status', 'only list what is not applied yet')
    .action(async (options) => (await import('./commands/migrate.ts')).migrateCommand(options));

  command(
    program,
    'trigger',
    'Send an event to a running server',
    'automate trigger github.issues.opened -d @examples/github/issues.opened.json',
  )
    .argument('<type>', 'event type, for example order.created')
    .option('-d, --data <json>', 'payload as JSON, @file, or - for standard input; a file may also hold a whole event', '{}')
    .option('--source <name>', 'where the event comes from')
    .option('--key <key>', 'idempotency key')
    .option('--wait', 'wait until the executions have ended and print the trace')
    .action(async (type, options) => (await import('./commands/trigger.ts')).trigger(type, options));

  command(
    program,
    'trace',
    'Show all that one cause did: event, rules, executions, steps',
    'automate trace 4bf92f3577b34da6a3ce929d0e0e4736',
  )
    .argument('<trace_id>', 'as in the X-Trace-Id header')
    .action(async (traceId, options) => (await import('./commands/trace.ts')).trace(traceId, options));

  command(program, 'routes', 'List the built-in routes, and who may use them', 'automate routes --path /api/v1/workflows')
    .option('--path <prefix>', 'only paths that start with this')
    .option('--name <prefix>', 'only names (basename.action) that start with this')
    .action(async (options) => (await import('./commands/routes.ts')).routes(options));

  const user = program.command('user').description('People of the installation; needs a key of staff');
  command(
    user,
    'create',
    'Make a user, and print a link to choose a password',
    'automate user create ada@example.com --role editor',
  )
    .argument('<email>', 'e-mail address')
    .option('--name <name>', 'default: the part before the @')
    .option('--role <role>', 'owner, admin, editor, operator or viewer, in the tenant of the key', 'viewer')
    .option('--staff', 'may operate the installation')
    .action(async (email, options) => (await import('./commands/user.ts')).userCreate(email, options));
  command(user, 'reset', 'Print a link to choose a new password', 'automate user reset ada@example.com')
    .argument('<email>', 'e-mail address')
    .action(async (email, options) => (await import('./commands/user.ts')).userReset(email, options));
  command(user, 'list', 'List the users', 'automate user list').action(async (options) =>
    (await import('./commands/user.ts')).userList(options),
  );

  const audit = program.command('audit').description('The record of what was done by whom');
  command(audit, 'verify', 'Check that no entry was altered, removed or added', 'automate audit verify --all')
    .option('--all', 'the chains of all tenants')
    .option('--since <head...>', 'heads that were kept elsewhere, "<tenant id>:<entry>:<hash>": they must still be there')
    .action(async (options) => (await import('./commands/audit.ts')).auditVerify(options));
  command(audit, 'export', 'Write the entries to standard output', 'automate audit export --format jsonl > audit.jsonl')
    .option('--format <format>', 'csv, json or jsonl', 'jsonl')
    .action(async (options) => (await import('./commands/audit.ts')).auditExport(options));

  const policy = program.command('policy').description('What a tenant may do');
  command(policy, 'show', 'Show the rules that hold, and who set them', 'automate policy show')
    .option('--tenant <id>', 'of this tenant; for staff')
    .action(async (options) => (await import('./commands/policy.ts')).policyShow(options));
  command(
    policy,
    'set',
    'Change rules of your tenant, or the ceiling of another',
    'automate policy set max_workflows=20 allowed_hosts=api.example.com retention_days_failed=90 denied_hosts=null',
  )
    .argument('<rule=value...>', 'lists are separated by commas; null takes a rule away')
    .option('--tenant <id>', 'the ceiling of this tenant; for staff')
    .action(async (assignments, options) => (await import('./commands/policy.ts')).policySet(assignments, options));

  const keys = program.command('keys').description('Master keys, which wrap the keys of all secrets');
  command(keys, 'rotate', 'Make a new master key and wrap everything with it, online', 'automate keys rotate')
    .option('--no-wait', 'do not wait until everything is wrapped')
    .action(async (options) => (await import('./commands/keys.ts')).keysRotate(options));
  command(keys, 'list', 'List the master keys, and how much each still wraps', 'automate keys list').action(async (options) =>
    (await import('./commands/keys.ts')).keysList(options),
  );

  const outbound = program.command('outbound').description('What the guarded client may call');
  command(
    outbound,
    'check',
    'Say whether workflows may call a URL, with the settings of this environment',
    'automate outbound check https://api.example.com/v1',
  )
    .argument('<url>', 'absolute, http or https')
    .action(async (url, options) => (await import('./commands/outbound.ts')).outboundCheck(url, options));

  const rule = program.command('rule').description('Rules of triggers');
  command(
    rule,
    'test',
    'Evaluate a rule over an event and show what each operator saw',
    `automate rule test '{">": [{"var": "payload.amount"}, 100]}' '{"type": "order.created", "payload": {"amount": 120}}'`,
  )
    .argument('<rule>', 'JSONLogic as JSON, @file, or -')
    .argument('<event>', 'event as JSON, @file, or -')
    .action(async (given, event, options) => (await import('./commands/rule.ts')).ruleTest(given, event, options));

  command(program, 'doctor', 'Check settings, database and server', 'automate doctor').action(async (options) =>
    (await import('./commands/doctor.ts')).doctor(options),
  );
  return program;
}

function command(program: Command, name: string, description: string, example: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  $ ${example}`);
}

/** The package stands two folders up, from the sources as from `dist/`. */
function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}
