/** One running ffmpeg: H.265 in, H.264 of at most 1280 × 720 out, picture by picture; niced, and killed when it hangs. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import type { Clock } from '../../core/ports.ts'

export interface EncoderOptions {
  readonly path: string
  /** Of the source; only the keyframe interval depends on it. */
  readonly fps: number
  readonly clock: Clock
  output(chunk: Buffer): void
  /** It is over, by itself or not; called once. */
  ended(reason: string): void
}

/** On a machine that is busy its start alone takes seconds: who is killed for that gives no picture at all. */
const HANG_MS = 30_000
/** So much may wait in front of ffmpeg: beyond it this machine is too slow, and pictures are left out. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024
/** Behind the workers, whose cameras must not wait; before stills, since somebody looks. */
const NICENESS = 10
const STDERR_TAIL = 500
const KEY_INTERVAL_S = 2
/** At most 1280 × 720, in its own proportions. */
export const SCALE = "scale=w='min(1280,iw)':h='min(720,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2"

/** No threads that hold frames back, no lookahead, no reordering: a picture leaves as soon as it has come. Not `nobuffer`, which throws the first keyframe away after probing. */
function argsOf(fps: number): string[] {
  const input = '-flags low_delay -probesize 32 -analyzeduration 0 -threads 1 -f hevc -i pipe:0'
  const encode = '-pix_fmt yuv420p -c:v libx264 -threads 1 -preset ultrafast -tune zerolatency -udu_sei 1'
  const rate = `-g ${Math.round(fps * KEY_INTERVAL_S)} -crf 26 -maxrate 3M -bufsize 3M -fps_mode passthrough`
  const output = '-flush_packets 1 -flvflags no_duration_filesize -f flv pipe:1'
  return [
    ...['-hide_banner', '-v', 'error', ...input.split(' '), '-an', '-vf', `${SCALE}:flags=fast_bilinear`],
    ...[...encode.split(' '), ...rate.split(' '), ...output.split(' ')]
  ]
}

export class Encoder {
  readonly #options: EncoderOptions
  readonly #child: ChildProcessWithoutNullStreams
  #complaints = ''
  #verdict: string | undefined
  /** Since when something was given that has not been answered. */
  #waitingSinceMs: number | undefined

  constructor(options: EncoderOptions) {
    this.#options = options
    const child = spawn(options.path, argsOf(options.fps), { stdio: 'pipe' })
    this.#child = child
    yieldTo(child.pid)
    child.stdin.on('error', () => undefined)
    child.stdout.on('data', (chunk: Buffer) => {
      this.#waitingSinceMs = undefined
      if (this.#verdict === undefined) options.output(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      this.#complaints = (this.#complaints + chunk.toString()).slice(-STDERR_TAIL)
    })
    child.once('error', error => this.#end(error.message))
    child.once('close', status => this.#end(`ended with ${status}: ${this.#complaints.trim()}`))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** False when it does not keep up: then nothing was taken, and the next picture to give is a keyframe. */
  write(parts: readonly Buffer[]): boolean {
    const { stdin } = this.#child
    if (!stdin.writable || stdin.writableLength > MAX_WAITING_BYTES) return false
    for (const part of parts) stdin.write(part)
    this.#waitingSinceMs ??= this.#options.clock.now()
    return true
  }

  /** Resolves when it has taken in most of what it was given, or is over. */
  room(): Promise<void> {
    const { stdin } = this.#child
    if (!stdin.writableNeedDrain || this.#verdict !== undefined) return Promise.resolve()
    return new Promise(resolve => {
      const done = (): void => {
        stdin.off('drain', done)
        this.#child.off('close', done)
        resolve()
      }
      stdin.once('drain', done)
      this.#child.once('close', done)
    })
  }

  /** Nothing more comes: it gives what it holds and ends. */
  finish(): void {
    this.#child.stdin.end()
  }

  /** From now on an answer is waited for: what it holds back while nobody writes is no hanging. */
  expect(): void {
    this.#waitingSinceMs = this.#options.clock.now()
  }

  /** Once a second. */
  tick(): void {
    if (this.#waitingSinceMs === undefined || this.#options.clock.now() - this.#waitingSinceMs < HANG_MS) return
    this.kill(`gave nothing for ${HANG_MS} ms`)
  }

  /** There is nothing in it to be saved. */
  kill(reason: string): void {
    this.#child.kill('SIGKILL')
    this.#end(reason)
  }

  #end(reason: string): void {
    if (this.#verdict !== undefined) return
    this.#verdict = reason
    this.#options.ended(reason)
  }
}

/** Behind the workers, whose cameras must not wait. Gone already, or not allowed: then it runs as it is. */
export function yieldTo(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, NICENESS)
  } catch {}
}
