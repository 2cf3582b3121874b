/** The catalogue where it cannot be opened yet, or has died: opened again and again, so that a disk or a permission keeps the gateway from nothing else. */
import { GatewayError } from '../../core/errors.ts'
import type { Clock } from '../../core/ports.ts'
import type { RecordingStore } from '../../core/recording.ts'

const AGAIN_MS = 10_000
/** A disk that answers does so within this; one that hangs keeps no alarm waiting. */
const FIRST_MS = 3_000

export interface LateStoreOptions {
  readonly clock: Clock
  /** `died` is called when what was opened can be used no longer. */
  open(died: (why: string) => void): Promise<RecordingStore>
  /** Why it cannot be used, when that is new; undefined: it is open, and what it holds may be less than before. */
  tell(why: string | undefined): void
}

/** Resolves after the first attempt, whatever came of it, or after 3 s. Until the catalogue is open every call rejects with STORE_FAILED. */
export async function openLateStore({ clock, open, tell }: LateStoreOptions): Promise<RecordingStore> {
  let store: RecordingStore | undefined
  let why: string | undefined
  let cancel = (): void => undefined
  let closed = false
  let opening: Promise<void> = Promise.resolve()
  const later = (reason: string): void => {
    store = undefined
    if (closed) return
    if (reason !== why) tell(reason)
    why = reason
    cancel = clock.after(AGAIN_MS, () => {
      opening = attempt()
    })
  }
  const attempt = async (): Promise<void> => {
    try {
      let dead: string | undefined
      const opened = await open(reason => {
        dead = reason
        if (store === opened) later(reason.slice(0, 200))
      })
      if (dead !== undefined) return later(dead)
      store = opened
      why = undefined
      tell(undefined)
    } catch (error) {
      later(error instanceof Error ? error.message.slice(0, 200) : 'failed')
    }
  }
  const late = Promise.withResolvers<void>()
  const cancelLate = clock.after(FIRST_MS, () => {
    why ??= 'the disk does not answer'
    tell(why)
    late.resolve()
  })
  await Promise.race([attempt(), late.promise])
  cancelLate()
  const ask = async <T>(call: (ready: RecordingStore) => Promise<T>): Promise<T> => {
    if (!store) throw new GatewayError('STORE_FAILED', { why: why ?? 'closed' })
    return call(store)
  }
  return {
    put: segments => ask(ready => ready.put(segments)),
    segments: (...args) => ask(ready => ready.segments(...args)),
    usage: nowMs => ask(ready => ready.usage(nowMs)),
    mark: mark => ask(ready => ready.mark(mark)),
    marks: (...args) => ask(ready => ready.marks(...args)),
    hold: hold => ask(ready => ready.hold(hold)),
    release: id => ask(ready => ready.release(id)),
    holds: cameraId => ask(ready => ready.holds(cameraId)),
    setHolds: holds => ask(ready => ready.setHolds(holds)),
    strays: after => ask(ready => ready.strays(after)),
    sweep: rule => ask(ready => ready.sweep(rule)),
    async close() {
      closed = true
      cancel()
      await opening
      await store?.close()
    }
  }
}
