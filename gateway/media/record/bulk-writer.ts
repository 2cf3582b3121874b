/** Many small writes of many files by one thread, called once for all of them: calling a thread for each costs more than the write. */
import { getSystemErrorName } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { Clock } from '../../core/ports.ts'
import {
  BULK_BYTES,
  BULK_JOBS,
  type BulkMemory,
  createBulkMemory,
  DONE,
  FD,
  GIVEN,
  LENGTH,
  OFFSET,
  POSITION,
  placeOf,
  RESULT
} from './bulk-memory.ts'

/** The thread is called so often at most, and what it has done is seen at the next call: it never wakes us. */
const LOOK_MS = 20
/** It copies nothing and keeps nothing. */
const LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 }

interface Waiting {
  readonly offset: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** The thread begins with the first write and ends with the process. */
export class BulkWriter {
  readonly #clock: Clock
  #memory: BulkMemory | undefined
  /** Running numbers as in `control`; what lies between them is under way. */
  #given = 0
  #called = 0
  #settled = 0
  #head = 0
  readonly #waiting: (Waiting | undefined)[] = new Array(BULK_JOBS)
  #looking = false
  #broken = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Copies the bytes now and writes them soon, in the order of calls. Undefined when there is no room: then write them yourself. */
  write(fd: number, parts: readonly Buffer[], position: number): Promise<void> | undefined {
    if (this.#broken) return undefined
    const length = parts.reduce((sum, part) => sum + part.length, 0)
    const offset = this.#room(length)
    if (offset === undefined) return undefined
    this.#memory ??= this.#start()
    const { bytes, jobs } = this.#memory
    let at = offset
    for (const part of parts) at += copy(part, bytes, at)
    const job = this.#given
    const place = placeOf(job)
    jobs[place + FD] = fd
    jobs[place + POSITION] = position
    jobs[place + OFFSET] = offset
    jobs[place + LENGTH] = length
    this.#head = at
    this.#given = (job + 1) | 0
    this.#lookSoon()
    return new Promise((resolve, reject) => {
      this.#waiting[job & (BULK_JOBS - 1)] = { offset, resolve, reject }
    })
  }

  get #underWay(): number {
    return (this.#given - this.#settled) | 0
  }

  /** Where so many bytes may go: the jobs under way lie one behind the other, from the oldest on, around the end. */
  #room(length: number): number | undefined {
    const tail = this.#waiting[this.#settled & (BULK_JOBS - 1)]?.offset
    if (this.#underWay === 0 || tail === undefined) return length <= BULK_BYTES ? 0 : undefined
    if (this.#underWay >= BULK_JOBS) return undefined
    if (this.#head < tail) return this.#head + length < tail ? this.#head : undefined
    if (this.#head + length <= BULK_BYTES) return this.#head
    return length < tail ? 0 : undefined
  }

  #start(): BulkMemory {
    const memory = createBulkMemory()
    const worker = new Worker(new URL('./bulk-thread.ts', import.meta.url), {
      workerData: memory,
      execArgv: [],
      resourceLimits: LIMITS
    })
    worker.unref()
    worker.once('error', error => this.#fail(error))
    worker.once('exit', () => this.#fail(new Error('the writing thread has ended')))
    return memory
  }

  #lookSoon(): void {
    if (this.#looking) return
    this.#looking = true
    this.#clock.after(LOOK_MS, () => {
      this.#looking = false
      this.#look()
    })
  }

  #look(): void {
    if (!this.#memory || this.#broken) return
    const { control, jobs } = this.#memory
    const done = Atomics.load(control, DONE)
    while (this.#settled !== done) {
      const result = jobs[placeOf(this.#settled) + RESULT] ?? 0
      const waiting = this.#next()
      if (result === 0) waiting?.resolve()
      else waiting?.reject(systemError(result))
    }
    if (this.#called !== this.#given) {
      this.#called = this.#given
      Atomics.store(control, GIVEN, this.#given)
      Atomics.notify(control, GIVEN, 1)
    }
    if (this.#underWay > 0) this.#lookSoon()
  }

  #next(): Waiting | undefined {
    const slot = this.#settled & (BULK_JOBS - 1)
    const waiting = this.#waiting[slot]
    this.#waiting[slot] = undefined
    this.#settled = (this.#settled + 1) | 0
    return waiting
  }

  #fail(error: Error): void {
    this.#broken = true
    while (this.#underWay > 0) this.#next()?.reject(error)
  }
}

/** Not `set`, nor `copy` of the whole part: both go byte by byte into shared memory where the addresses do not fit, ten times as long. */
function copy(part: Buffer, to: Uint8Array, at: number): number {
  return Buffer.from(part.buffer).copy(to, at, part.byteOffset, part.byteOffset + part.length)
}

function systemError(errno: number): Error {
  const code = getSystemErrorName(errno)
  return Object.assign(new Error(`${code}: write`), { code, errno })
}
