/** The catalogue's thread: a disk that hangs keeps recordings waiting, and nobody else. */
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { RetentionRule } from '../../core/recording.ts'
import { createCatalogue } from './catalogue.ts'
import { openVideoDatabase } from './schema.ts'
import { createSweeper } from './sweep.ts'

export interface VideoThreadData {
  readonly dir: string
  readonly recordingsDir: string
}

export interface VideoRequest {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}

export type VideoReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly why: string }

/** Given back on a full disk: removing recordings begins with rows, and they need room. */
const RESERVE_FILE = 'video.reserve'
const RESERVE_BYTES = 8 * 1024 * 1024

function keepReserve(dir: string): void {
  const file = join(dir, RESERVE_FILE)
  const { bavail, bsize } = statfsSync(dir)
  if (!existsSync(file) && bavail * bsize > 16 * RESERVE_BYTES) writeFileSync(file, Buffer.alloc(RESERVE_BYTES, 1))
}

function serve({ dir, recordingsDir }: VideoThreadData): void {
  const db = openVideoDatabase(dir)
  const sweeper = createSweeper(db, recordingsDir)
  sweeper.takeOut()
  const table: Readonly<Record<string, (...args: readonly never[]) => unknown>> = {
    ...createCatalogue(db),
    sweep: (rule: RetentionRule) => {
      try {
        const result = sweeper.sweep(rule)
        if (!result.more) keepReserve(dir)
        return result
      } catch (error) {
        if ((error as { code?: string }).code !== 'SQLITE_FULL') throw error
        rmSync(join(dir, RESERVE_FILE), { force: true })
        return sweeper.sweep(rule)
      }
    },
    close: () => {
      db.close()
    }
  }
  parentPort?.on('message', ({ id, name, args }: VideoRequest) => {
    const answer = (reply: VideoReply) => parentPort?.postMessage(reply)
    try {
      answer({ id, ok: true, value: table[name]?.(...(args as never[])) })
    } catch (error) {
      answer({ id, ok: false, why: error instanceof Error ? error.message : String(error) })
    }
  })
}

if (parentPort) {
  serve(workerData as VideoThreadData)
  parentPort.postMessage('ready')
}
