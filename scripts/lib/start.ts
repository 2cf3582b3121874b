/** Runs the demo: gateway and simulated town as children, waits until both are ready, says where and who, and stops both cleanly. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { buildConsole } from './console-build.ts'
import { buildGateway, GATEWAY_ENTRY } from './gateway-build.ts'

const ROOT = join(import.meta.dirname, '../..')
const READY_MS = 60_000
const STOP_MS = 8_000
const LOOK_MS = 50

/** A child that says when it is ready: by the message `ready` or by a line that begins so. It leads a process group, so that its workers end with it. */
interface Part {
  readonly name: string
  readonly child: ChildProcess
  readonly logFile: string
  isReady(): boolean
  readonly ended: Promise<string>
}

/** V8's young generation and glibc's arenas grow for nothing at their defaults, and each thread maps its own 2 MB of Node's program (docs/performance.md). */
const LEAN = {
  args: ['--max-semi-space-size=2', '--no-short-builtin-calls'],
  env: { MALLOC_ARENA_MAX: '1' }
} as const

function launch(name: string, data: string, args: readonly string[]): Part {
  const logFile = join(data, `${name}.log`)
  const out = openSync(logFile, 'w', 0o600)
  const child = spawn(process.execPath, [...LEAN.args, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...LEAN.env },
    detached: true,
    stdio: ['ignore', out, out, 'ipc']
  })
  closeSync(out)
  let told = false
  child.on('message', message => {
    told ||= message === 'ready'
  })
  const ended = new Promise<string>(done => {
    child.on('error', error => done(error.message))
    child.on('exit', (code, signal) => done(signal ?? `exit status ${code}`))
  })
  const isReady = () => told || /^ready\b/m.test(readFileSync(logFile, 'utf8'))
  return { name, child, logFile, isReady, ended }
}

/** SIGTERM, then SIGKILL to the whole group of whatever is left. */
async function stop(part: Part): Promise<void> {
  const { pid } = part.child
  if (pid === undefined) return
  if (part.child.exitCode === null && part.child.signalCode === null) {
    part.child.kill('SIGTERM')
    const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), STOP_MS)
    await part.ended
    clearTimeout(timer)
  }
  signalGroup(pid, 'SIGKILL')
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // The group is empty: nothing was left behind.
  }
}

async function untilReady(part: Part, aborted: Promise<never>): Promise<void> {
  const ending = Promise.race([aborted, endedByItself(part)])
  ending.catch(() => undefined)
  for (const until = Date.now() + READY_MS; Date.now() < until; ) {
    if (part.isReady()) return
    await Promise.race([pause(LOOK_MS), ending])
  }
  throw new Error(`the ${part.name} is not ready after ${READY_MS / 1000} s`)
}

async function endedByItself(part: Part): Promise<never> {
  throw new Error(`the ${part.name} ended by itself (${await part.ended})`)
}

function tail(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n') : ''
}

/** What the gateway warns of at its start, as check-config would. */
const warningsOf = (parts: readonly Part[]): readonly string[] => {
  const said = parts.flatMap(({ logFile }) => readFileSync(logFile, 'utf8').match(/^warning: .*$/gm) ?? [])
  return said.length > 0 ? [...said.map(each => `  ${each}`), ''] : []
}

function welcome(data: string, port: number, startedAt: number, parts: readonly Part[]): string {
  const logins = join(data, 'logins.txt')
  const own = Object.values(networkInterfaces())
    .flat()
    .find(face => face !== undefined && face.family === 'IPv4' && !face.internal)
  return [
    '',
    `平安网关 runs (demo), ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`,
    '',
    `  http://localhost:${port}/   (a phone needs HTTPS: https://${own?.address ?? 'this-machine'}:8443/)`,
    '',
    ...warningsOf(parts),
    existsSync(logins) ? readFileSync(logins, 'utf8').trimEnd().replace(/^/gm, '  ') : `  no log-ins in ${logins}`,
    '',
    `  Press a button: ./scripts/simulate press household 12, or the page 模拟按键 (Simulated presses) of the console.`,
    `  Logs: ${parts.map(part => part.logFile).join(', ')}. Stop with Ctrl-C.`,
    ''
  ].join('\n')
}

/** Two demos on one folder would fight over ports and overwrite each other's logs: the second is told so before it touches anything. */
function claim(data: string): () => void {
  const file = join(data, 'start.pid')
  const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  if (holder > 0 && existsSync(`/proc/${holder}`) && holder !== process.pid)
    throw new Error(
      `${data} is in use: a demo runs already (process ${holder}). Stop it with Ctrl-C, or give another --data and other ports.`
    )
  writeFileSync(file, String(process.pid), { mode: 0o600 })
  return () => rmSync(file, { force: true })
}

interface Options {
  readonly data: string
  readonly port: number
  readonly town: boolean
}

function options(): Options {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      town: { type: 'boolean', default: true },
      data: { type: 'string', default: join(ROOT, 'data/demo') },
      port: { type: 'string', default: '8080' }
    }
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`--port ${values.port} is no port (1–65535)`)
  return { data: resolve(values.data), port, town: values.town }
}

/** Runs until a part ends by itself or `aborted` rejects; every part is launched into `parts`, which the caller stops. */
async function run({ data, port, town }: Options, parts: Part[], aborted: Promise<never>): Promise<never> {
  const startedAt = Date.now()
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const release = claim(data)
  process.once('exit', release)
  if (
    !buildConsole(false, () => console.error('Building the console (once after each change, up to a minute or two) …'))
  )
    throw new Error('the console could not be built (the reason is above)')
  await buildGateway(false, () => console.error('Building the gateway …'))
  console.error('Starting …')
  const start = async (name: string, ...args: string[]) => {
    const part = launch(name, data, [...args, '--data', data])
    parts.push(part)
    await untilReady(part, aborted)
  }
  await start('gateway', GATEWAY_ENTRY, 'start', '--demo', '--config', 'config/demo.yaml', '--port', String(port))
  if (town) await start('town', 'scripts/simulate.ts', 'run', '--port', String(port))
  console.log(welcome(data, port, startedAt, parts))
  return Promise.race([aborted, ...parts.map(endedByItself)])
}

async function main(): Promise<number> {
  const parts: Part[] = []
  const interruption = Promise.withResolvers<never>()
  interruption.promise.catch(() => undefined)
  let interrupted = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = true
      interruption.reject(new Error(signal))
    })
  }
  try {
    return await run(options(), parts, interruption.promise)
  } catch (error) {
    if (interrupted) return 0
    console.error(error instanceof Error ? error.message : error)
    for (const part of parts) console.error(`── last lines of ${part.logFile}\n${tail(part.logFile)}`)
    return 1
  } finally {
    // The town first: the gateway then sees its devices leave instead of answering a dead network.
    for (const part of parts.toReversed()) await stop(part)
  }
}

process.exitCode = await main()
