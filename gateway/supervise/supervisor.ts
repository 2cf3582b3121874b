/** Keeps parts running: only here is anything restarted. A part runs until aborted and throws to be restarted; nobody gives up. */
import type { Clock, Log } from '../core/ports.ts'

/** A part as the diagnostics show it. */
export interface PartState {
  readonly name: string
  readonly state: 'running' | 'restarting' | 'stopped'
  readonly restarts: number
  /** Why it ended last; kept while it runs again, until it has been healthy for a minute. */
  readonly error?: string
  /** Since when it is in this state, UTC ms. */
  readonly sinceMs: number
}

export interface SupervisorDeps {
  readonly log: Log
  readonly clock: Clock
  /** Counted by name; see metrics.ts. */
  readonly metrics?: { restarted(name: string): void }
  /** Called at every change, with the error itself when there is one. */
  readonly onState?: (state: PartState, error?: unknown) => void
  /** 0 ≤ x < 1; for tests. */
  readonly random?: () => number
}

export interface Supervisor {
  /** Runs a part for ever; a name is used once. */
  run(name: string, run: (abort: AbortSignal) => Promise<void>): void
  states(): readonly PartState[]
  /** Aborts all and waits for them, at most five seconds; returns the names of parts that did not end. */
  stop(): Promise<readonly string[]>
}

const FIRST_MS = 500
const LONGEST_MS = 30_000
const HEALTHY_MS = 60_000
const STOP_MS = 5_000

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const stopping = new AbortController()
  const parts = new Map<string, Part>()
  return {
    run(name, run) {
      if (parts.has(name)) throw new Error(`a part named ${name} runs already`)
      if (stopping.signal.aborted) return
      parts.set(name, startPart(name, run, deps, stopping.signal))
    },
    states: () => [...parts.values()].map(part => part.state()),
    async stop() {
      stopping.abort()
      const late = new Set(parts.keys())
      const ended = [...parts].map(([name, part]) => part.ended.then(() => late.delete(name)))
      let cancel = () => {}
      const enough = new Promise<void>(resolve => {
        cancel = deps.clock.after(STOP_MS, resolve)
      })
      await Promise.race([Promise.all(ended), enough])
      cancel()
      return [...late]
    }
  }
}

interface Part {
  readonly ended: Promise<void>
  state(): PartState
}

function startPart(
  name: string,
  run: (abort: AbortSignal) => Promise<void>,
  deps: SupervisorDeps,
  abort: AbortSignal
): Part {
  const { log, clock } = deps
  let current: PartState = { name, state: 'running', restarts: 0, sinceMs: clock.now() }
  const enter = (change: Partial<PartState>, error?: unknown) => {
    current = { ...current, sinceMs: clock.now(), ...change }
    deps.onState?.(current, error)
  }

  /** One life: how long it lasted and why it ended. A return without abort is a failure too. */
  async function live(): Promise<{ lastedMs: number; error: unknown }> {
    const startedMs = clock.now()
    const cancelHealthy = clock.after(HEALTHY_MS, () => {
      current = { ...current, error: undefined }
    })
    try {
      await run(abort)
      return { lastedMs: clock.now() - startedMs, error: new Error('ended by itself') }
    } catch (error) {
      return { lastedMs: clock.now() - startedMs, error }
    } finally {
      cancelHealthy()
    }
  }

  async function keep(): Promise<void> {
    let failures = 0
    deps.onState?.(current)
    while (!abort.aborted) {
      const { lastedMs, error } = await live()
      if (abort.aborted) break
      failures = lastedMs >= HEALTHY_MS ? 1 : failures + 1
      const waitMs = backOffMs(failures, deps.random ?? Math.random)
      const restarts = current.restarts + 1
      deps.metrics?.restarted(name)
      log.error({ part: name, error, restarts, waitMs }, 'a part failed and will be restarted')
      enter({ state: 'restarting', restarts, error: error instanceof Error ? error.message : String(error) }, error)
      await pause(waitMs, clock, abort)
      if (!abort.aborted) enter({ state: 'running' })
    }
    enter({ state: 'stopped' })
  }

  return { ended: keep(), state: () => current }
}

/** 0.5, 1, 2 … 30 s, of which a random upper half counts, so that parts that failed together do not return together. */
function backOffMs(failures: number, random: () => number): number {
  const fullMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16))
  return Math.round(fullMs * (0.5 + random() / 2))
}

function pause(ms: number, clock: Clock, abort: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      cancel()
      abort.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    abort.addEventListener('abort', done)
  })
}
