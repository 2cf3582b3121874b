/** The catalogue's thread: a disk that hangs keeps recordings waiting, and nobody else. */
import { closeSync, existsSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { Database } from 'better-sqlite3'
import type { RetentionRule } from '../../core/recording.ts'
import { createCatalogue } from './catalogue.ts'
import { harmOf, openVideoDatabase, putAside } from './schema.ts'
import { createStrays } from './strays.ts'
import { createSweeper, type Sweeper } from './sweep.ts'

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
  /** `over`: the catalogue cannot go on, and the thread ends. */
  | { readonly id: number; readonly ok: false; readonly why: string; readonly over: boolean }

/** Given back on a full disk: removing recordings begins with rows, and they need room. */
const RESERVE_FILE = 'video.reserve'
const RESERVE_BYTES = 8 * 1024 * 1024

function keepReserve(dir: string): void {
  const file = join(dir, RESERVE_FILE)
  const { bavail, bsize } = statfsSync(dir)
  if (existsSync(file) || bavail * bsize <= 16 * RESERVE_BYTES) return
  // In pieces: this thread makes so little garbage that a buffer of the whole would stay until the next start.
  const piece = Buffer.alloc(RESERVE_BYTES / 128, 1)
  const fd = openSync(file, 'w')
  try {
    for (let n = 0; n < 128; n++) writeSync(fd, piece)
  } finally {
    closeSync(fd)
  }
}

/** A file that opens may still be broken inside: what is asked at the start tells. */
function openCatalogue({ dir, recordingsDir }: VideoThreadData, again = true): { db: Database; sweeper: Sweeper } {
  const db = openVideoDatabase(dir)
  try {
    const sweeper = createSweeper(db, recordingsDir)
    sweeper.takeOut()
    return { db, sweeper }
  } catch (error) {
    db.close()
    if (!again || harmOf(error) !== 'broken') throw error
    putAside(dir)
    return openCatalogue({ dir, recordingsDir }, false)
  }
}

function end(db: Database, broken: string | undefined): never {
  try {
    db.close()
    if (broken !== undefined) putAside(broken)
  } finally {
    process.exit(1)
  }
}

/** One transaction takes so many at most, to the end of the message that reaches this. */
const MAX_GROUP = 500
const TOGETHER: ReadonlySet<string> = new Set(['put', 'mark', 'hold', 'setHolds', 'release'])

function serve(port: MessagePort, { dir, recordingsDir }: VideoThreadData): void {
  const { db, sweeper } = openCatalogue({ dir, recordingsDir })
  const table: Readonly<Record<string, (...args: readonly never[]) => unknown>> = {
    ...createCatalogue(db),
    strays: createStrays(db, recordingsDir),
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
  const answer = (replies: readonly VideoReply[]) => port.postMessage(replies)
  const run = ({ id, name, args }: VideoRequest): VideoReply => ({
    ...{ id, ok: true },
    value: table[name]?.(...(args as never[]))
  })
  const alone = (request: VideoRequest): void => {
    try {
      answer([run(request)])
    } catch (error) {
      const harm = harmOf(error)
      const why = error instanceof Error ? error.message : String(error)
      answer([{ id: request.id, ok: false, why, over: harm !== undefined }])
      // It must not go on with what it read before: opened again, it is whole, new, or told to be down.
      if (harm) end(db, harm === 'broken' ? dir : undefined)
    }
  }
  const together = db.transaction((group: readonly VideoRequest[]) => group.map(run))
  /** One sync for all of them; where one fails nothing was stored, and each is tried for itself. */
  const write = (group: readonly VideoRequest[]): void => {
    let replies: VideoReply[] | undefined
    try {
      if (group.length > 1) replies = together(group)
    } catch {}
    if (replies) answer(replies)
    else for (const each of group) alone(each)
  }
  port.on('message', (first: readonly VideoRequest[]) => {
    let writes: VideoRequest[] = []
    for (const request of waiting(port, first)) {
      if (TOGETHER.has(request.name)) {
        writes.push(request)
        continue
      }
      write(writes)
      writes = []
      alone(request)
    }
    write(writes)
  })
}

/** What has been asked for by now, in its order. */
function waiting(port: MessagePort, first: readonly VideoRequest[]): readonly VideoRequest[] {
  const all = [...first]
  while (all.length < MAX_GROUP) {
    const next = receiveMessageOnPort(port) as { message: readonly VideoRequest[] } | undefined
    if (!next) break
    all.push(...next.message)
  }
  return all
}

if (parentPort) {
  serve(parentPort, workerData as VideoThreadData)
  parentPort.postMessage('ready')
}
