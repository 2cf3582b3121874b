/** Watches whether the store can write: the floor is told at once, and what was left behind is taken up when it can again. */
import { GatewayError } from '../core/errors.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Commit, Store } from '../core/store.ts'
import type { Notices } from './notices.ts'

export interface StoreWatchDeps {
  readonly store: Pick<Store, 'health'>
  readonly commit: Commit
  readonly clock: Clock
  readonly notices: Notices
  readonly log: Log
  /** Called while all is well; cheap when nothing is behind. */
  recover(): Promise<unknown>
}

export interface StoreWatch {
  readonly writable: boolean
  /** A signal could not be stored: says so and throws the error on, so that the device is not acknowledged. */
  failed(error: unknown): never
  stop(): void
}

const EVERY_MS = 1_000
/** Below this the floor is warned; alarms are still stored. */
const LOW_BYTES = 1_073_741_824

export function watchStore(deps: StoreWatchDeps): StoreWatch {
  let writable = true
  let running = false
  let refused = 0

  const down = (error: string) => {
    if (writable) deps.log.error({ error }, 'signals cannot be stored: devices are not acknowledged')
    writable = false
    deps.notices.set('store', { level: 'critical', code: 'storeUnwritable', data: { error, refused } })
  }
  const look = async () => {
    const health = await deps.store.health()
    if (!health.writable) {
      // Only a write can tell whether it works again.
      await deps.commit({ remember: [{ key: 'store-probe', value: String(deps.clock.now()) }] })
    }
    if (!writable) deps.log.info({}, 'signals can be stored again')
    writable = true
    refused = 0
    deps.notices.clear('store')
    if (health.freeBytes < LOW_BYTES) {
      deps.notices.set('disk', {
        level: 'warning',
        code: 'diskLow',
        data: { freeMb: Math.round(health.freeBytes / 1_048_576) }
      })
    } else deps.notices.clear('disk')
    await deps.recover()
  }
  const stop = deps.clock.every(EVERY_MS, () => {
    if (running) return
    running = true
    look()
      .catch(error => down(reasonOf(error)))
      .finally(() => {
        running = false
      })
  })
  return {
    get writable() {
      return writable
    },
    failed(error) {
      if (error instanceof GatewayError && error.code === 'JOURNAL_UNAVAILABLE') {
        refused += 1
        down(reasonOf(error))
      }
      throw error
    },
    stop
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof GatewayError && typeof error.detail.why === 'string') return error.detail.why
  return error instanceof Error ? error.message : String(error)
}
