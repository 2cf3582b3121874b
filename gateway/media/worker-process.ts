/** One supervised worker process: started again when it ends, killed when it hangs. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Clock, Log } from '../core/ports.ts'
import type { FromWorker, ToWorker, WorkerSettings } from './ipc.ts'

const ENTRY = fileURLToPath(new URL('./worker.ts', import.meta.url))
const FIRST_RESTART_MS = 50
const MAX_RESTART_MS = 5000
/** A process that lived this long did not fail at its start. */
const SETTLED_MS = 10_000
const WATCH_MS = 1000
/** Counted in looks and not by the clock: one that is set forward must not kill every worker at once, with all the pictures in memory. */
const SILENT_LOOKS = 15
const STOP_MS = 5000

export interface WorkerProcessOptions {
  readonly settings: WorkerSettings
  /** The worker's program where it is not the one beside this file. */
  readonly entry?: string
  readonly clock: Clock
  readonly log: Log
  /** The port is open: send cameras and orders. */
  ready(port: number, vehiclePort?: number): void
  message(message: Exclude<FromWorker, { kind: 'ready' | 'log' }>): void
  /** The process has ended and will be started again. */
  lost(): void
}

/** `start` once, `stop` once; `send` is dropped while there is no ready process. */
export class WorkerProcess {
  restarts = 0
  readonly #options: WorkerProcessOptions
  #child: ChildProcess | undefined
  #ready = false
  #stopping = false
  #failures = 0
  #startedMs = 0
  #silentLooks = 0
  #port: number
  #cancelWatch = (): void => undefined
  #cancelRestart = (): void => undefined

  constructor(options: WorkerProcessOptions) {
    this.#options = options
    this.#port = options.settings.port
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get port(): number {
    return this.#port
  }

  get isReady(): boolean {
    return this.#ready
  }

  start(): void {
    this.#fork()
    this.#cancelWatch = this.#options.clock.every(WATCH_MS, () => this.#watch())
  }

  send(message: ToWorker): void {
    if (this.#ready) this.#child?.send(message, () => undefined)
  }

  /** Lets unfinished files be closed, then ends the process, by force after 5 s. */
  stop(): Promise<void> {
    this.#stopping = true
    this.#cancelWatch()
    this.#cancelRestart()
    const child = this.#child
    if (!child) return Promise.resolve()
    return new Promise(resolve => {
      const cancel = this.#options.clock.after(STOP_MS, () => child.kill('SIGKILL'))
      // Not at its exit: what it told at the very end is still to be read.
      child.once('close', () => {
        cancel()
        resolve()
      })
      if (child.connected) child.send({ kind: 'stop' } satisfies ToWorker, () => undefined)
      else child.kill('SIGKILL')
    })
  }

  #fork(): void {
    const { settings, clock } = this.#options
    const child = fork(this.#options.entry ?? ENTRY, [], {
      serialization: 'advanced',
      // Not the parent's debugger or loader flags. A small nursery, since media lies outside the heap; and no full collection before the
      // heap has 64 MB: live fragments wait longer than the nursery keeps them, and each second's full collection held pictures up by 20 ms.
      execArgv: ['--max-semi-space-size=2', '--initial-old-space-size=64'],
      // A disk that hangs keeps a thread per write: recordings take 8 at most, evidence and the rest find the others. And arenas are given
      // back to the system when they have been replaced by larger ones: glibc raises this bound with each, and keeps the holes.
      // Its own number of arenas: the threads that write and those that receive would stand before one, which is enough for the main process.
      env: {
        ...process.env,
        UV_THREADPOOL_SIZE: '12',
        MALLOC_MMAP_THRESHOLD_: '262144',
        MALLOC_ARENA_MAX: '2'
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc']
    })
    this.#child = child
    this.#startedMs = clock.now()
    this.#silentLooks = 0
    child.on('message', message => this.#heard(message as FromWorker))
    child.once('error', () => undefined)
    child.once('exit', (status, signal) => this.#exited(String(signal ?? status)))
    child.send({ kind: 'start', settings: { ...settings, port: this.#port } } satisfies ToWorker, () => undefined)
  }

  #heard(message: FromWorker): void {
    const { log } = this.#options
    this.#silentLooks = 0
    if (message.kind === 'log') log[message.level](message.fields, message.message)
    else if (message.kind === 'ready') this.#listening(message.port, message.vehiclePort)
    else {
      this.#options.message(message)
      if (message.kind === 'cannotListen') this.#child?.kill('SIGKILL')
    }
  }

  /** With "any port", a restarted worker keeps the one its first life got: tickets already given stay right. */
  #listening(port: number, vehiclePort: number | undefined): void {
    this.#port = port
    this.#ready = true
    this.#options.ready(port, vehiclePort)
  }

  #exited(reason: string): void {
    const { clock, log, settings } = this.#options
    this.#child = undefined
    this.#ready = false
    if (this.#stopping) return
    this.restarts++
    this.#failures = clock.now() - this.#startedMs > SETTLED_MS ? 0 : this.#failures + 1
    const delayMs = this.#failures <= 1 ? FIRST_RESTART_MS : Math.min(MAX_RESTART_MS, 100 * 2 ** this.#failures)
    log.warn({ worker: settings.index, reason, delayMs }, 'video worker ended; it is started again')
    this.#options.lost()
    this.#cancelRestart = clock.after(delayMs, () => this.#fork())
  }

  /** A worker speaks every second; a silent one hangs. */
  #watch(): void {
    if (!this.#child || ++this.#silentLooks < SILENT_LOOKS) return
    this.#options.log.error({ worker: this.#options.settings.index }, 'video worker does not answer; it is killed')
    this.#child.kill('SIGKILL')
  }
}
