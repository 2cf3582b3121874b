/** Runs the demo: gateway and simulated town as children, waits until both are ready, says where and who, and stops both cleanly. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildConsole } from './console-build.ts'

const ROOT = join(import.meta.dirname, '../..')
const READY_MS = 60_000
const STOP_MS = 8_000

/** A child that tells `ready` over its IPC channel (`process.send?.('ready')`). It leads a process group, so that its workers end with it. */
interface Part {
  readonly name: string
  readonly child: ChildProcess
  readonly logFile: string
  readonly ready: Promise<void>
  readonly ended: Promise<string>
}

function launch(name: string, data: string, args: readonly string[]): Part {
  const logFile = join(data, `${name}.log`)
  const out = openSync(logFile, 'w', 0o600)
  const child = spawn(process.execPath, args, { cwd: ROOT, detached: true, stdio: ['ignore', out, out, 'ipc'] })
  closeSync(out)
  const ready = new Promise<void>(done => child.on('message', message => message === 'ready' && done()))
  const ended = new Promise<string>(done => {
    child.on('error', error => done(error.message))
    child.on('exit', (code, signal) => done(signal ?? `exit status ${code}`))
  })
  return { name, child, logFile, ready, ended }
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
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`the ${part.name} is not ready after ${READY_MS / 1000} s`)), READY_MS)
  })
  const dead = part.ended.then(how => Promise.reject(new Error(`the ${part.name} ended by itself (${how})`)))
  try {
    await Promise.race([part.ready, late, dead, aborted])
  } finally {
    clearTimeout(timer)
  }
}

function tail(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n') : ''
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
    existsSync(logins) ? readFileSync(logins, 'utf8').trimEnd().replace(/^/gm, '  ') : `  no log-ins in ${logins}`,
    '',
    `  Press a button: ./scripts/simulate press household 12, or the page 模拟 of the console.`,
    `  Logs: ${parts.map(part => part.logFile).join(', ')}. Stop with Ctrl-C.`,
    ''
  ].join('\n')
}

async function main(): Promise<number> {
  const startedAt = Date.now()
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
  const data = resolve(values.data)
  mkdirSync(data, { recursive: true, mode: 0o700 })
  if (!buildConsole()) throw new Error('the console could not be built (the reason is above)')

  const parts: Part[] = []
  let interrupted = false
  const aborted = new Promise<never>((_, refuse) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        interrupted = true
        refuse(new Error(signal))
      })
    }
  })
  aborted.catch(() => undefined)
  try {
    const gateway = launch('gateway', data, [
      'gateway/main.ts',
      'start',
      '--demo',
      '--data',
      data,
      '--port',
      String(port)
    ])
    parts.push(gateway)
    await untilReady(gateway, aborted)
    if (values.town) {
      const town = launch('town', data, ['scripts/simulate.ts', 'run', '--data', data, '--port', String(port)])
      parts.push(town)
      await untilReady(town, aborted)
    }
    console.log(welcome(data, port, startedAt, parts))
    await Promise.race([
      aborted,
      ...parts.map(async part => Promise.reject(new Error(`the ${part.name} ended by itself (${await part.ended})`)))
    ])
  } catch (error) {
    if (!interrupted) {
      console.error(error instanceof Error ? error.message : error)
      for (const part of parts) console.error(`── last lines of ${part.logFile}\n${tail(part.logFile)}`)
      return 1
    }
  } finally {
    // The town first: the gateway then sees its devices leave instead of answering a dead network.
    for (const part of parts.toReversed()) await stop(part)
  }
  return 0
}

main().then(
  code => {
    process.exitCode = code
  },
  error => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
)
