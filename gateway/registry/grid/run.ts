/** Has a grid file looked at by a process of its own; what comes back is taken in small parts, between which alarms pass. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { GatewayError } from '../../core/errors.ts'
import type { GridCellRow } from '../../core/unit.ts'
import type { Looked } from './look.ts'
import type { ReadOptions } from './read.ts'

const MOST_MS = 120_000
const MOST_MEMORY_MB = 1_536
const TOO_COMPLEX: Looked['report'] = {
  ...{
    levels: [0, 0, 0],
    points: 0,
    wrong: [{ code: 'tooComplex', cells: [] }],
    wrongCount: 1,
    doubts: [],
    doubtCount: 0
  }
}
/** Cells read before others get their turn. */
const SLICE = 100

/** `tooComplex` when it takes too long or too much memory; GRID_LOOK_FAILED when no process can be started now. */
export async function lookApart(
  file: Buffer,
  options: ReadOptions,
  { mostMs = MOST_MS, program = process.execPath } = {}
): Promise<Looked> {
  const child = await started(program, mostMs)
  const closed = new Promise<number | null>(resolve => child.once('close', resolve))
  // A process that is ended says so by its exit; the broken pipe behind it says nothing more.
  child.stdin.on('error', () => {})
  child.stdin.write(`${JSON.stringify(options)}\n`)
  child.stdin.end(file)
  let report: Looked['report'] | undefined
  const cells: GridCellRow[] = []
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (report) cells.push(JSON.parse(line) as GridCellRow)
      else report = JSON.parse(line) as Looked['report']
      if (cells.length % SLICE === SLICE - 1) await turn()
    }
  } catch {
    // Killed in the middle of a line.
    child.kill('SIGKILL')
    child.stdout.destroy()
    return { report: TOO_COMPLEX, cells: [] }
  }
  const code = await closed
  return code === 0 && report ? { report, cells } : { report: TOO_COMPLEX, cells: [] }
}

type Child = ChildProcessByStdio<Writable, Readable, null>

/** Without processes or files to spare it has no pipes, and says so later or at once. */
function started(program: string, mostMs: number): Promise<Child> {
  const entry = fileURLToPath(new URL('./grid-process.ts', import.meta.url))
  return new Promise<Child>((resolve, reject) => {
    const child = spawn(program, [`--max-old-space-size=${MOST_MEMORY_MB}`, entry], {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: mostMs,
      killSignal: 'SIGKILL'
    })
    // Stays, for what goes wrong later, too: its exit tells.
    child.on('error', reject)
    child.once('spawn', () => resolve(child))
  }).catch((error: Error) => {
    throw new GatewayError('GRID_LOOK_FAILED', { why: 'no process can be started' }, { cause: error })
  })
}
