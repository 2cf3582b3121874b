/** Has a grid file looked at by a process of its own; what comes back is taken in small parts, between which alarms pass. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
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

/** `tooComplex` when it takes too long or too much memory. */
export async function lookApart(file: Buffer, options: ReadOptions, mostMs = MOST_MS): Promise<Looked> {
  const entry = fileURLToPath(new URL('./grid-process.ts', import.meta.url))
  const child = spawn(process.execPath, [`--max-old-space-size=${MOST_MEMORY_MB}`, entry], {
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: mostMs,
    killSignal: 'SIGKILL'
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  // A process that is ended says so by its exit; the broken pipe behind it says nothing more.
  child.stdin.on('error', () => {})
  child.stdin.write(`${JSON.stringify(options)}\n`)
  child.stdin.end(file)
  let report: Looked['report'] | undefined
  const cells: GridCellRow[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (report) cells.push(JSON.parse(line) as GridCellRow)
    else report = JSON.parse(line) as Looked['report']
    if (cells.length % SLICE === SLICE - 1) await turn()
  }
  const code = await ended
  return code === 0 && report ? { report, cells } : { report: TOO_COMPLEX, cells: [] }
}
