/** Runs ffmpeg for one short job: bounded in time, output and number at once, with the end of its complaints in the error. */
import { spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import { Writable } from 'node:stream'
import type { Clock } from '../core/ports.ts'

export interface FfmpegJob {
  readonly path: string
  readonly args: readonly string[]
  readonly clock: Clock
  readonly timeoutMs: number
  /** Given to ffmpeg on its standard input, where the arguments read `pipe:0`. */
  readonly input?: readonly Buffer[]
  /** More inputs, given on the descriptors from 3 on: `pipe:3`, `pipe:4` … */
  readonly inputs?: readonly (readonly Buffer[])[]
  readonly maxOutputBytes?: number
  /** Takes what ffmpeg writes to `pipe:1` (`-progress`) instead of keeping it. */
  readonly onOutput?: (chunk: Buffer) => void
  /** Ends it as the time-out does. */
  readonly abort?: AbortSignal
  readonly cwd?: string
}

const KILL_AFTER_MS = 1000
const STDERR_TAIL = 2000
/** A still may wait for a core; an alarm and a live picture may not. */
const NICENESS = 15

/** What ffmpeg wrote to `pipe:1`. Rejects with exit status and the tail of stderr; SIGTERM at the time-out, SIGKILL a second later. */
export function runFfmpeg(job: FfmpegJob): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(job.path, ['-hide_banner', '-v', 'error', '-y', ...job.args], {
      stdio: ['pipe', 'pipe', 'pipe', ...(job.inputs ?? []).map(() => 'pipe' as const)],
      cwd: job.cwd
    })
    yieldTo(child.pid)
    const output: Buffer[] = []
    let outputBytes = 0
    let complaints = ''
    let verdict: string | undefined
    let cancelKill = (): void => undefined
    const kill = (reason: string): void => {
      verdict ??= reason
      child.kill('SIGTERM')
      cancelKill = job.clock.after(KILL_AFTER_MS, () => child.kill('SIGKILL'))
    }
    const cancelTimeout = job.clock.after(job.timeoutMs, () => kill(`took longer than ${job.timeoutMs} ms`))
    const aborted = (): void => kill('was cancelled')
    job.abort?.addEventListener('abort', aborted, { once: true })
    if (job.abort?.aborted) aborted()
    child.stdout.on('data', (chunk: Buffer) => {
      if (job.onOutput) return job.onOutput(chunk)
      outputBytes += chunk.length
      if (outputBytes > (job.maxOutputBytes ?? 0)) kill('wrote too much')
      else output.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-STDERR_TAIL)
    })
    child.once('error', error => {
      verdict ??= error.message
    })
    child.once('close', (status, signal) => {
      job.abort?.removeEventListener('abort', aborted)
      cancelTimeout()
      cancelKill()
      if (verdict === undefined && status === 0) resolve(Buffer.concat(output))
      else reject(new Error(`ffmpeg ${verdict ?? `ended with ${status ?? signal}`}: ${complaints.trim()}`))
    })
    give(child.stdin, job.input ?? [])
    for (const [index, input] of (job.inputs ?? []).entries()) {
      const pipe = child.stdio[index + 3]
      if (pipe instanceof Writable) give(pipe, input)
    }
  })
}

/** ffmpeg may end before it has read everything. */
function give(pipe: Writable, input: readonly Buffer[]): void {
  pipe.on('error', () => undefined)
  for (const part of input) pipe.write(part)
  pipe.end()
}

/** Gone already, or not allowed: then it runs as it is. */
function yieldTo(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, NICENESS)
  } catch {}
}

/** At most `limit` jobs at once, the rest wait in order. */
export function createLane(limit: number): <T>(job: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async job => {
    if (running >= limit) await new Promise<void>(resolve => waiting.push(resolve))
    else running++
    try {
      return await job()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
