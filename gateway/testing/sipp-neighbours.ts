/** sipp as any number of telephones that are rung (adapters/sip/frames/sipp): of `neighbours` the last digit says what each does. */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports.ts'
import { until } from './wait.ts'

export interface SippNeighbours {
  readonly port: number
  /** `passed` when each of its calls went as the scenario says, else what sipp printed. */
  readonly ended: Promise<string>
  stop(): Promise<void>
}

const PROGRAM = 'sipp'
const SCENARIOS = join(import.meta.dirname, '../../adapters/sip/frames/sipp')

/** Ends by itself after `calls` calls. */
export function startNeighbours(calls: number, timeoutS = 25): Promise<SippNeighbours> {
  return startSipp('neighbours', calls, timeoutS)
}

/** One telephone that answers; its sound goes to this port. */
export function startListener(voicePort: number): Promise<SippNeighbours> {
  return startSipp('listener', 1, 40, ['-key', 'voice_port', String(voicePort)])
}

/** One telephone that rings reliably and agrees a session (RFC 3262, RFC 4028), and hangs up. */
export function startReliable(): Promise<SippNeighbours> {
  return startSipp('reliable', 1, 60)
}

/** One telephone of an exchange that wants a log-in (`trunk/exchange`, `secret`) of each request, and rings reliably. */
export function startAsking(): Promise<SippNeighbours> {
  return startSipp('log-in', 1, 40)
}

async function startSipp(
  scenario: string,
  calls: number,
  timeoutS: number,
  more: readonly string[] = []
): Promise<SippNeighbours> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'sipp-'))
  const where = ['-i', '127.0.0.1', '-mi', '127.0.0.1', '-p', String(port), '-mp', String(await freePort())]
  const how = ['-m', String(calls), '-timeout', String(timeoutS), '-timeout_error', '-nostdin']
  // Its default loses packets of its own on a busy machine; what it found wrong goes into a file of its own.
  const errors = join(folder, 'errors.log')
  how.push('-buff_size', '4000000', '-trace_err', '-error_file', errors)
  const child = spawn(PROGRAM, ['-sf', join(SCENARIOS, `${scenario}.xml`), ...where, ...how, ...more], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')))
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', error => reject(new Error(`sipp is needed (Debian package sip-tester): ${error.message}`)))
    const wrong = () => readFile(errors, 'latin1').catch(() => said.slice(-2_000))
    child.on('close', async code => resolve(code === 0 ? 'passed' : `${code}: ${(await wrong()).slice(0, 2_000)}`))
  })
  // Its screen comes when its buffer is full; the kernel knows earlier.
  const bound = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
  await until('sipp listens', async () => (await readFile('/proc/net/udp', 'latin1')).includes(bound))
  return {
    port,
    ended,
    async stop() {
      child.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    }
  }
}
