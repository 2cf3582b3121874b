/** What the commands do; errors are told in words with what to do, and end with status 1. */
import { randomBytes } from 'node:crypto'
import { Command } from 'commander'
import { adapters } from '../../adapters/index.ts'
import { createAccess } from '../access/access.ts'
import { loadConfig } from '../config.ts'
import { id } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Role } from '../core/wire.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { verify } from '../storage/verify.ts'
import { systemClock } from '../supervise/clock.ts'
import { createLog } from '../supervise/log.ts'
import { DEFAULT_CONFIG } from './places.ts'
import { startCommand } from './start-command.ts'

export interface CommonOptions {
  readonly config: string
  readonly data?: string
}

const ROLES: readonly Role[] = ['operator', 'leader', 'patrol', 'taxiDispatcher', 'administrator']

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
    .option('--demo-control <url>', 'where the simulated town listens for presses', 'http://127.0.0.1:8090')
    .action(startCommand)
  common(program.command('check-config').description('tell every fault of a configuration')).action(
    (options: CommonOptions) => {
      loadConfig(options.config, adapters, overrides(options))
      process.stdout.write(`${options.config}: no faults\n`)
    }
  )
  common(program.command('verify').description('check the invariants of a data folder'))
    .option('--running', 'the gateway is running, or was killed and not started since')
    .action(verifyCommand)
  common(
    program
      .command('add-user <login>')
      .description('make a person, or a new password for one; the password is printed once')
  )
    .requiredOption('--name <name>', 'shown on screens')
    .requiredOption('--role <role>', ROLES.join(', '))
    .option('--unit <id>', 'the team of a patrol')
    .option('--fleet <id>', 'the fleet of a taxi dispatcher')
    .action(addUser)
  common(
    program
      .command('add-device <protocol> <key>')
      .description("store a device's log-in; without --password one is made and printed once")
  )
    .option('--username <name>', 'when it differs from the key (cameras)')
    .option('--password-file <file>', 'read it from a file instead of making one')
    .action(addDevice)
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

/** A fault list is printed as it is; anything unexpected with its stack. */
export function explain(error: unknown): string {
  if (!(error instanceof GatewayError)) return error instanceof Error ? (error.stack ?? error.message) : String(error)
  const { faults, ...rest } = error.detail
  const detail = Object.entries(rest).map(([key, value]) => `  ${key}: ${value}`)
  return [
    error.message,
    ...detail,
    ...(typeof faults === 'string' ? faults.split('\n').map(line => `  - ${line}`) : [])
  ].join('\n')
}

async function verifyCommand(options: CommonOptions & { readonly running?: boolean }): Promise<void> {
  const config = loadConfig(options.config, adapters, overrides(options))
  const report = await verify({
    dir: config.storage.dir,
    evidenceDir: config.media.evidenceDir,
    settled: !options.running
  })
  const counts = Object.entries(report.counts).map(([name, n]) => `${name} ${n}`)
  process.stdout.write(`${counts.join(', ')}\n`)
  for (const { invariant, what } of report.violations) process.stdout.write(`${invariant}: ${what}\n`)
  process.stdout.write(
    report.violations.length === 0 ? 'all invariants hold\n' : `${report.violations.length} violations\n`
  )
  process.exitCode = report.violations.length === 0 ? 0 : 1
}

interface UserOptions extends CommonOptions {
  readonly name: string
  readonly role: string
  readonly unit?: string
  readonly fleet?: string
}

async function addUser(login: string, options: UserOptions): Promise<void> {
  const role = ROLES.find(each => each === options.role)
  if (!role) throw new GatewayError('BODY_INVALID', { field: '--role', allowed: ROLES.join(', ') })
  const config = loadConfig(options.config, adapters, overrides(options))
  const store = await openSqliteStore({ dir: config.storage.dir })
  const access = await createAccess({
    store,
    clock: systemClock,
    log: createLog('warn'),
    settings: { ...config.access, seats: config.site.seats }
  })
  try {
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
  } finally {
    access.close()
    await store.close()
  }
}

interface DeviceOptions extends CommonOptions {
  readonly username?: string
  readonly passwordFile?: string
}

async function addDevice(adapter: string, key: string, options: DeviceOptions): Promise<void> {
  if (!adapters.some(each => each.name === adapter)) {
    throw new GatewayError('BODY_INVALID', { field: 'protocol', allowed: adapters.map(each => each.name).join(', ') })
  }
  const config = loadConfig(options.config, adapters, overrides(options))
  const given =
    options.passwordFile && (await (await import('node:fs/promises')).readFile(options.passwordFile, 'utf8')).trim()
  const password = given || randomBytes(12).toString('base64url')
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
