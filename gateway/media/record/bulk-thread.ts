/** The writing thread of a worker: sleeps until it is called, writes everything that waits, one job after the other, and calls nobody back. */
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { type BulkMemory, DONE, FD, GIVEN, LENGTH, OFFSET, POSITION, placeOf, RESULT } from './bulk-memory.ts'

const { control, jobs, bytes } = workerData as BulkMemory
/** What the system gives for an error without a number: EIO. */
const UNKNOWN = -5

function field(place: number, name: number): number {
  return jobs[place + name] ?? 0
}

/** 0 or a system error: a short write is the last one before ENOSPC, and the next try says so. */
function write(place: number): number {
  const length = field(place, LENGTH)
  try {
    for (let done = 0; done < length; )
      done += writeSync(
        field(place, FD),
        bytes,
        field(place, OFFSET) + done,
        length - done,
        field(place, POSITION) + done
      )
    return 0
  } catch (error) {
    return (error as NodeJS.ErrnoException).errno ?? UNKNOWN
  }
}

for (let done = 0; ; ) {
  Atomics.wait(control, GIVEN, done)
  for (const given = Atomics.load(control, GIVEN); done !== given; ) {
    const place = placeOf(done)
    jobs[place + RESULT] = write(place)
    done = (done + 1) | 0
    Atomics.store(control, DONE, done)
  }
}
