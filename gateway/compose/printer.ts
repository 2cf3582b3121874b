/** Draws sheets on threads of their own, one at a time and each new: a long list keeps no alarm waiting, and nothing stays in memory. */
import { Worker } from 'node:worker_threads'
import { GatewayError } from '../core/errors.ts'
import type { PrintFormat, PrintMark, PrintOrder } from '../core/print.ts'
import { fontFiles } from './fonts.ts'
import type { PrintTask } from './print-thread.ts'

/** Further ones are refused. */
const MAX_WAITING = 8
/** A sheet of a thousand pages is drawn long before. */
const LIMIT_MS = 120_000
const OLD_SPACE_MB = 384

export interface Printer {
  /** The file; PRINT_FAILED when it could not be drawn or too many wait. */
  print(order: PrintOrder, mark: PrintMark, format: PrintFormat): Promise<Buffer>
  stop(): Promise<void>
}

const threadOf = (task: PrintTask): Worker =>
  new Worker(new URL('./print-thread.ts', import.meta.url), {
    workerData: task,
    name: 'print',
    resourceLimits: { maxOldGenerationSizeMb: OLD_SPACE_MB }
  })

export function createPrinter(begin: (task: PrintTask) => Pick<Worker, 'on' | 'terminate'> = threadOf): Printer {
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()
  let worker: Pick<Worker, 'on' | 'terminate'> | undefined
  let stopped = false
  const draw = (task: PrintTask): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new GatewayError('PRINT_FAILED', { why }))
      if (stopped) return fail('the gateway stops')
      const made = begin(task)
      worker = made
      const limit = setTimeout(() => void made.terminate(), LIMIT_MS)
      made.on('message', (file: Uint8Array) => resolve(Buffer.from(file)))
      made.on('error', error => fail(error.message))
      made.on('exit', code => {
        clearTimeout(limit)
        // The next one may have begun.
        if (worker === made) worker = undefined
        fail(`the thread that draws ended with ${code}`)
      })
    })
  return {
    async print(order, mark, format) {
      if (waiting >= MAX_WAITING) throw new GatewayError('PRINT_FAILED', { why: 'too many sheets wait' })
      waiting += 1
      try {
        const mine = last.then(() => draw({ order, mark, format, fonts: fontFiles() }))
        last = mine.catch(() => undefined)
        return await mine
      } finally {
        waiting -= 1
      }
    },
    async stop() {
      stopped = true
      await worker?.terminate()
    }
  }
}
