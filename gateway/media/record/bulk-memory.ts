/** The memory that a worker and its writing thread (bulk-thread.ts) share: jobs in a ring of fixed places, and the bytes that they write. */

/** More at once go without the thread. */
export const BULK_JOBS = 1024
/** What 500 cameras of 2 Mbit/s bring in the time from one look to the next but one. */
export const BULK_BYTES = 8 * 1024 * 1024

/** Words of `control`: jobs given so far and jobs done so far, both counted round 2³². */
export const GIVEN = 0
export const DONE = 1
const CONTROL_WORDS = 2

/** Fields of a job in `jobs`, from `placeOf` on. */
export const FD = 0
export const POSITION = 1
export const OFFSET = 2
export const LENGTH = 3
/** 0, or the system's error number as libuv has it (negative). */
export const RESULT = 4
const FIELDS = 5

export interface BulkMemory {
  readonly control: Int32Array<SharedArrayBuffer>
  readonly jobs: Float64Array<SharedArrayBuffer>
  readonly bytes: Uint8Array<SharedArrayBuffer>
}

export function createBulkMemory(): BulkMemory {
  return {
    control: new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4)),
    jobs: new Float64Array(new SharedArrayBuffer(BULK_JOBS * FIELDS * 8)),
    bytes: new Uint8Array(new SharedArrayBuffer(BULK_BYTES))
  }
}

/** Where the fields of the job with this running number begin. */
export function placeOf(job: number): number {
  return (job & (BULK_JOBS - 1)) * FIELDS
}
