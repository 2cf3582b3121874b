/** The catalogue as the rooms see it: a proxy to its thread; nothing here touches the disk. */
import { relative } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { CameraId } from '../../core/brand.ts'
import { GatewayError } from '../../core/errors.ts'
import type { RecordingStore } from '../../core/recording.ts'
import type { FiledSegment } from './catalogue.ts'
import type { VideoReply, VideoRequest, VideoThreadData } from './catalogue-thread.ts'

/** Beyond this many unanswered calls new ones are refused: a disk that hangs must not fill the memory. */
const MAX_WAITING = 10_000

export interface RecordingStoreOptions {
  /** Of the database. */
  readonly dir: string
  readonly recordingsDir: string
  /** Where a stream's recordings lie, below `recordingsDir`. */
  folderOf(cameraId: CameraId, stream: 'main' | 'sub'): string
  /** The catalogue has broken or its thread has ended: every further call rejects, and it has to be opened again. */
  died?(why: string): void
}

/** Resolves when the catalogue can be used, and what a crash left half removed is removed. */
export async function openRecordingStore(options: RecordingStoreOptions): Promise<RecordingStore> {
  const { dir, recordingsDir, folderOf, died } = options
  const worker = new Worker(new URL('./catalogue-thread.ts', import.meta.url), {
    workerData: { dir, recordingsDir } satisfies VideoThreadData,
    name: 'recordings',
    resourceLimits: { maxYoungGenerationSizeMb: 8 }
  })
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve())
    worker.once('error', reject)
    worker.once('exit', code => reject(new Error(`the thread of the recordings ended with ${code}`)))
  })
  const { call, close } = caller(worker, why => died?.(why))
  return {
    put: segments =>
      call(
        'put',
        segments.map(
          (segment): FiledSegment => ({
            ...segment,
            folder: relative(recordingsDir, folderOf(segment.cameraId, segment.stream))
          })
        )
      ),
    segments: (cameraId, fromMs, toMs) => call('segments', cameraId, fromMs, toMs),
    usage: nowMs => call('usage', nowMs),
    mark: mark => call('mark', mark),
    marks: (cameraId, fromMs, toMs) => call('marks', cameraId, fromMs, toMs),
    hold: hold => call('hold', hold),
    release: id => call('release', id),
    holds: cameraId => call('holds', cameraId),
    setHolds: holds => call('setHolds', holds),
    strays: after => call('strays', after),
    sweep: rule => call('sweep', rule),
    close
  }
}

function caller(worker: Worker, died: (why: string) => void) {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let lastId = 0
  let dead: string | undefined
  let ending: string | undefined
  const die = (why: string): void => {
    const isNew = dead === undefined
    dead ??= ending ?? why
    for (const { reject } of waiting.values()) reject(new GatewayError('STORE_FAILED', { why: dead }))
    waiting.clear()
    if (isNew) died(dead)
  }
  worker.removeAllListeners('exit')
  worker.on('error', error => die(error.message))
  worker.on('exit', code => die(`the thread of the recordings ended with ${code}`))
  worker.on('message', (replies: readonly VideoReply[]) => {
    for (const reply of replies) {
      const entry = waiting.get(reply.id)
      waiting.delete(reply.id)
      if (!reply.ok && reply.over) ending = reply.why
      if (reply.ok) entry?.resolve(reply.value)
      else entry?.reject(new GatewayError('STORE_FAILED', { why: reply.why }))
    }
  })
  /** What is asked for together goes over as one message, and is written in one transaction: an alarm marks and holds several cameras. */
  let outgoing: VideoRequest[] = []
  const send = (): void => {
    worker.postMessage(outgoing)
    outgoing = []
  }
  const call = (name: keyof RecordingStore, ...args: readonly unknown[]): Promise<never> =>
    new Promise<unknown>((resolve, reject) => {
      if (dead !== undefined || waiting.size >= MAX_WAITING)
        return reject(new GatewayError('STORE_FAILED', { why: dead ?? 'too many calls wait for the disk' }))
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      if (outgoing.length === 0) process.nextTick(send)
      outgoing.push({ id, name, args })
    }) as Promise<never>
  return {
    call,
    close: async () => {
      if (dead !== undefined) return
      await call('close')
      dead ??= 'closed'
      await worker.terminate()
    }
  }
}
