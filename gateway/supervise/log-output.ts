/**
 * Standard output for the log, which may be a file on a full disk or a pipe that nobody reads: pino's own then sleeps in the main thread, or
 * ends the process. Here nothing waits and nothing throws; what cannot be written is kept within a bound and left out beyond it, counted.
 */
import { writeSync } from 'node:fs'

/** Lines that wait for room. */
const MAX_BYTES = 1024 * 1024
const TRY_AGAIN_MS = 1_000

export interface LogOutput {
  write(line: string): void
}

/** `write` says how many bytes it took, or throws. */
export function createLogOutput(write: (bytes: Buffer) => number = bytes => writeSync(1, bytes)): LogOutput {
  let waiting: Buffer[] = []
  let bytes = 0
  let left = 0
  let timer: NodeJS.Timeout | undefined

  const put = (line: Buffer): void => {
    waiting.push(line)
    bytes += line.length
  }
  /** As much as is taken; of a line that was cut the rest stays first. */
  const flush = (): void => {
    try {
      for (let [first] = waiting; first; [first] = waiting) {
        const taken = write(first)
        // Nothing taken and no error: as if it had thrown, else this would go round for ever.
        if (taken === 0) return
        bytes -= taken
        if (taken < first.length) waiting[0] = first.subarray(taken)
        else waiting.shift()
      }
    } catch (error) {
      // Whoever read it has gone: nobody will.
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') waiting = []
      if (waiting.length === 0) bytes = 0
    }
  }
  const tell = (): void => {
    if (left === 0 || waiting.length > 0) return
    const line = {
      level: 'warn',
      time: new Date().toISOString(),
      left,
      msg: 'lines of the log were left out: it could not be written'
    }
    left = 0
    put(Buffer.from(`${JSON.stringify(line)}\n`))
    flush()
  }
  const later = (): void => {
    if (timer || waiting.length === 0) return
    timer = setTimeout(() => {
      timer = undefined
      flush()
      tell()
      later()
    }, TRY_AGAIN_MS)
    timer.unref()
  }

  return {
    write(text) {
      const line = Buffer.from(text)
      if (waiting.length > 0) flush()
      tell()
      if (bytes + line.length > MAX_BYTES || left > 0) left += 1
      else {
        put(line)
        flush()
      }
      later()
    }
  }
}
