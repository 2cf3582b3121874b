/** One process at a time does a piece of work, e.g. of two test files that both find the console unbuilt. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const LOOK_MS = 100
const sleeper = new Int32Array(new SharedArrayBuffer(4))

/** Waits while another living process holds the lock file; what one that died has left is taken over. */
export function alone<T>(lock: string, work: () => T): T {
  while (!taken(lock)) Atomics.wait(sleeper, 0, 0, LOOK_MS)
  try {
    return work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** The same for work that is awaited. */
export async function aloneUntil<T>(lock: string, work: () => Promise<T>): Promise<T> {
  while (!taken(lock)) await pause(LOOK_MS)
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function taken(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const holder = holderOf(lock)
  if (holder !== undefined && !isAlive(holder)) rmSync(lock, { force: true })
  return false
}

/** Undefined where it has just gone, or its number is not written yet. */
function holderOf(lock: string): number | undefined {
  try {
    return Number(readFileSync(lock, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process lives, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
