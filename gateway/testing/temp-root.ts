/** The one folder that holds everything temporary of a test run, also what its programs write; after the run it is gone and what was left in it is said. */
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const NAME = 'pingan-tests-'
/** Kept by Node itself. */
const NOBODYS = ['node-compile-cache']
const SHOWN = 20

/** Before the first and after the last test file of a run; worker processes inherit the environment. */
export default function setup(): () => void {
  const before = process.env.TMPDIR
  removeAbandoned(tmpdir())
  const root = mkdtempSync(join(tmpdir(), `${NAME}${process.pid}-`))
  // A program that gives its rights away, as mosquitto does, still comes to what is its own below.
  chmodSync(root, 0o711)
  process.env.TMPDIR = root
  return () => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    const left = readdirSync(root).filter(name => !NOBODYS.includes(name))
    if (left.length > 0)
      console.log(
        `Left in the temporary folder by tests, removed now: ${left.length} (${left.slice(0, SHOWN).join(', ')})`
      )
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

/** Folders of runs that were killed; one that still runs keeps its own. */
export function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = /^pingan-tests-(\d+)-/.exec(name) ?? []
    if (pid === undefined || isAlive(Number(pid))) continue
    try {
      rmSync(join(folder, name), { recursive: true, force: true })
    } catch {
      // Of another user.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
