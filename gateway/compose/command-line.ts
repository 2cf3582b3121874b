/** What the commands do; errors are told in words with what to do, and end with status 1. */
import { randomBytes } from 'node:crypto'
import { Command } from 'commander'
import { adapters } from '../../adapters/index.ts'
import { type Access, createAccess } from '../access/access.ts'
import { type Config, loadConfig } from '../config.ts'
import { id } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Store } from '../core/store.ts'
import type { Role } from '../core/wire.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { verify } from '../storage/verify.ts'
import { systemClock } from '../supervise/clock.ts'
import { createLog } from '../supervise/log.ts'
import { addClaim } from './claim-command.ts'
import { configWarnings } from './config-warnings.ts'
import { checkTeam, knownTeams } from './known-teams.ts'
import { checkFiles } from './place.ts'
import { DEFAULT_CONFIG } from './places.ts'
import { secretOfFile } from './secret-file.ts'
import { addSinkSecret } from './sink-command.ts'
import { type StartOptions, startCommand } from './start-command.ts'
import { verifyEvidence } from './verify-evidence.ts'
import { verifyRecordings } from './verify-recordings.ts'
import { verifyWork } from './verify-work.ts'

export interface CommonOptions {
  readonly config: string
  readonly data?: string
}

const ADD_DEVICE_HELP = `
protocol and key, as the device logs in:
  mqtt   <site>/<source>   alarm box or button; the MQTT user name is the key
  sip    <number>          telephone that proves itself with a password
  dc09   <account>         AES key of an alarm box (SIA DC-09); <receiver>.<line>/<account> when it sends those
  webhook <site>/<source>  secret that signs the alarms of a platform or script (HMAC-SHA-256)
  onvif  cameras           one log-in for all cameras, or a camera's id, address or endpoint for its own; with --username

for example:
  add-device mqtt linxi/box-03
  add-device onvif cameras --username admin --password-file camera-password`

const ROLES: readonly Role[] = ['operator', 'leader', 'patrol', 'taxiDispatcher', 'administrator', 'auditor']

export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('pingan-gateway').description(
    '平安网关: alarms and video, from a pressed button to a patrol on its way'
  )
  const common = (command: Command): Command =>
    command
      .option('-c, --config <file>', 'configuration', DEFAULT_CONFIG)
      .option('-d, --data <dir>', 'data folder, outranks storage.dir')

  program
    .command('start')
    .description('run the gateway')
    .option('-c, --config <file>', `configuration; without it ${DEFAULT_CONFIG}, with --demo the town's`)
    .option('-d, --data <dir>', 'data folder, outranks storage.dir')
    .option('--demo', 'with the log-ins and the press page of the simulated town')
    .option('--port <n>', 'HTTP port, outranks http.port')
    .option('--demo-control <url>', 'where the simulated town listens for presses', 'http://127.0.0.1:8190')
    .action((options: StartOptions) =>
      startCommand(options).catch(error => {
        process.stderr.write(`${explain(error)}\n`)
        // Whatever a half-started part still holds open must not keep the process: the service manager waits for its end.
        process.exit(1)
      })
    )
  common(
    program
      .command('check-config')
      .description('tell every fault of a configuration and of the registry, map and certificate files it names')
  ).action(async (options: CommonOptions) => {
    const config = loadConfig(options.config, adapters, overrides(options))
    const warnings = configWarnings(config, await checkFiles(config, systemClock))
    for (const each of warnings) process.stdout.write(`warning: ${each}\n`)
    process.stdout.write(`${options.config}: no faults\n`)
  })
  common(program.command('verify').description('check the invariants of a data folder'))
    .option('--running', 'the gateway is running, or was killed and not started since')
    .action(verifyCommand)
  common(
    program
      .command('add-user <login>')
      .description(
        'make a person, or a new password for one, printed once; a running gateway learns it at its next start: while it runs use People on the page /manage'
      )
  )
    .requiredOption('--name <name>', 'shown on screens')
    .requiredOption('--role <role>', ROLES.join(', '))
    .option('--unit <id>', 'the team of a patrol')
    .option('--fleet <id>', 'the fleet of a taxi dispatcher')
    .action(addUser)
  common(
    program
      .command('disable-user <login>')
      .description('nobody can log in with this number any more; a running gateway learns it at its next start')
  ).action(disableUser)
  common(
    program
      .command('add-device <protocol> <key>')
      .description("store a device's log-in; without --password-file a password is made and printed once")
      .addHelpText('after', ADD_DEVICE_HELP)
  )
    .option('--username <name>', 'when it differs from the key (cameras)')
    .option('--password-file <file>', 'a file whose text is the password')
    .action(addDevice)
  common(
    program
      .command('add-claim <protocol> <key>')
      .description('a one-time code by which a new box gets its own log-in; printed once')
  )
    .option('--hours <n>', 'how long it may be used', '48')
    .action(addClaim)
  common(
    program
      .command('add-sink-secret <name>')
      .description('the secret that signs what goes to a sink of outwards.sinks; made and printed once')
  )
    .option('--secret-file <file>', 'a file whose text is the secret')
    .action(addSinkSecret)
  try {
    await program.parseAsync([...argv])
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`)
    process.exitCode = 1
  }
}

export function overrides(options: Omit<CommonOptions, 'config'> & { readonly port?: string }): {
  overrides: object
  env: NodeJS.ProcessEnv
} {
  return {
    overrides: {
      ...(options.data ? { storage: { dir: options.data } } : {}),
      ...(options.port ? { http: { port: Number(options.port) } } : {})
    },
    env: process.env
  }
}

/** A fault list is printed as it is, a wrong option as a sentence; anything unexpected with its stack. */
export function explain(error: unknown): string {
  if (!(error instanceof GatewayError)) return error instanceof Error ? (error.stack ?? error.message) : String(error)
  // Its text speaks of a request, and there is none here.
  if (error.code === 'BODY_INVALID' && error.detail.field !== undefined) return wrongOption(error.detail)
  const { faults, ...rest } = error.detail
  const detail = Object.entries(rest).map(([key, value]) => `  ${key}: ${value}`)
  return [
    error.message,
    ...detail,
    ...(typeof faults === 'string' ? faults.split('\n').map(line => `  - ${line}`) : [])
  ].join('\n')
}

function wrongOption({ field, allowed, why }: GatewayError['detail']): string {
  if (why !== undefined) return `${field}: ${why}`
  return allowed === undefined ? `${field} is not right` : `${field} is not right; it takes: ${allowed}`
}

async function verifyCommand(options: CommonOptions & { readonly running?: boolean }): Promise<void> {
  const config = loadConfig(options.config, adapters, overrides(options))
  const report = await verify({
    dir: config.storage.dir,
    evidenceDir: config.media.evidenceDir,
    settled: !options.running
  })
  const recorded = await verifyRecordings({
    dir: config.storage.dir,
    recordingsDir: config.media.recording.dir,
    settled: !options.running
  })
  const { violations: seals, sealed } = verifyEvidence(config.storage.dir)
  const { violations: work, records } = verifyWork(config.storage.dir)
  const violations = [...report.violations, ...seals, ...work, ...recorded.violations]
  const counts = Object.entries({ ...report.counts, sealed, records, recordings: recorded.recordings }).map(
    ([name, n]) => `${name} ${n}`
  )
  process.stdout.write(`${counts.join(', ')}\n`)
  for (const { invariant, what } of violations) process.stdout.write(`${invariant}: ${what}\n`)
  process.stdout.write(violations.length === 0 ? 'all invariants hold\n' : `${violations.length} violations\n`)
  process.exitCode = violations.length === 0 ? 0 : 1
}

interface UserOptions extends CommonOptions {
  readonly name: string
  readonly role: string
  readonly unit?: string
  readonly fleet?: string
}

/** Opens what people are kept in, for one command. */
async function withAccess(
  options: CommonOptions,
  run: (access: Access, config: Config, store: Store) => Promise<void>
): Promise<void> {
  const config = loadConfig(options.config, adapters, overrides(options))
  const store = await openSqliteStore({ dir: config.storage.dir })
  const log = createLog('warn')
  const settings = { ...config.access, seats: config.site.seats }
  const access = await createAccess({ store, clock: systemClock, log, settings })
  try {
    await run(access, config, store)
  } finally {
    access.close()
    await store.close()
  }
}

async function disableUser(login: string, options: CommonOptions): Promise<void> {
  await withAccess(options, access => access.setDisabled(login, true, 'command line'))
  process.stdout.write(`${login} is disabled; add-user with the same number lets him in again\n`)
}

async function addUser(login: string, options: UserOptions): Promise<void> {
  const role = ROLES.find(each => each === options.role)
  if (!role) throw new GatewayError('BODY_INVALID', { field: '--role', allowed: ROLES.join(', ') })
  await withAccess(options, async (access, config, store) => {
    if (options.unit !== undefined) checkTeam(options.unit, await knownTeams(config.registry.file, store))
    const made = await access.putUser(
      {
        login,
        name: options.name,
        role,
        unitId: options.unit === undefined ? undefined : id(options.unit),
        fleetId: options.fleet === undefined ? undefined : id(options.fleet)
      },
      'command line'
    )
    process.stdout.write(`${made.user.login}  ${made.password}  (shown once)\n`)
  })
}

interface DeviceOptions extends CommonOptions {
  readonly username?: string
  readonly passwordFile?: string
}

async function addDevice(adapter: string, key: string, options: DeviceOptions): Promise<void> {
  const definition = adapters.find(each => each.name === adapter)
  if (!definition) {
    throw new GatewayError('BODY_INVALID', { field: 'protocol', allowed: adapters.map(each => each.name).join(', ') })
  }
  const config = loadConfig(options.config, adapters, overrides(options))
  const given = options.passwordFile && (await secretOfFile(options.passwordFile, '--password-file'))
  const fault = given && definition.secretFault?.(given)
  if (fault) throw new GatewayError('BODY_INVALID', { field: '--password-file', allowed: fault })
  const password = given || (definition.newSecret?.() ?? randomBytes(12).toString('base64url'))
  const store = await openSqliteStore({ dir: config.storage.dir })
  try {
    await store.saveCredential(
      { adapter, key, username: options.username ?? key, password },
      {
        atMs: systemClock.now(),
        who: 'command line',
        action: 'deviceCredential',
        object: `${adapter}:${key}`,
        outcome: 'done'
      }
    )
    process.stdout.write(`${key}${given ? ': stored' : `  ${password}  (shown once)`}\n`)
  } finally {
    await store.close()
  }
}
