/** 0x8203: puts the terminal's emergency out after an operator has acknowledged, again and again until it answers; finds stuck buttons. */
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import type { Jt808Config } from './config.ts'
import { words } from './frame.ts'
import type { PressState } from './press.ts'
import type { Link, Vehicle } from './vehicles.ts'

/** Per vehicle, in memory: what was sent and who waits; after a restart `state.confirm` alone starts it anew. */
interface Pending {
  readonly sent: { readonly link: Link; readonly serial: number }[]
  readonly waiters: Set<() => void>
  reportsSince: number
}

export interface Confirmer {
  /** Sends now if the vehicle is connected. Resolves when the terminal has answered or released, rejects after `confirmTimeoutMs`. */
  confirm(vehicle: Vehicle, inOrder: (step: () => Promise<void>) => Promise<void>): Promise<void>
  /** A live report with the bit still set. */
  stillSet(
    vehicle: Vehicle,
    signal: Signal,
    store: (next: { readonly signal: Signal; readonly state: PressState }) => Promise<void>
  ): Promise<void>
  /** The bit is about to be released. */
  released(vehicle: Vehicle, signal: Signal): Promise<void>
  answered(vehicle: Vehicle, answer: { readonly serial: number; readonly result: number }, link: Link): Promise<void>
}

export function createConfirmer(host: AdapterHost, config: Jt808Config): Confirmer {
  const pendings = new WeakMap<Vehicle, Pending>()

  function pendingOf(vehicle: Vehicle): Pending {
    const pending = pendings.get(vehicle) ?? { sent: [], waiters: new Set(), reportsSince: 0 }
    pendings.set(vehicle, pending)
    return pending
  }

  function send(vehicle: Vehicle): void {
    if (!vehicle.link) return
    // Alarm serial, then the alarm type as a double word: bit 0, emergency.
    const serial = vehicle.link.send(0x8203, words(vehicle.state.serial, 0, 1))
    const { sent } = pendingOf(vehicle)
    sent.push({ link: vehicle.link, serial })
    if (sent.length > 8) sent.shift()
  }

  async function keep(vehicle: Vehicle, state: PressState): Promise<void> {
    vehicle.state = state
    await host.remember({ key: vehicle.key, value: JSON.stringify(state) })
  }

  function done(vehicle: Vehicle): void {
    for (const waiter of pendingOf(vehicle).waiters) waiter()
  }

  return {
    async confirm(vehicle, inOrder) {
      const { waiters } = pendingOf(vehicle)
      const answer = new Promise<void>((resolve, reject) => {
        const cancel = host.clock.after(config.confirmTimeoutMs, () => {
          waiters.delete(settle)
          reject(new Error(`${vehicle.sourceId} did not answer 0x8203; it is sent again with its next report`))
        })
        function settle() {
          waiters.delete(settle)
          cancel()
          resolve()
        }
        waiters.add(settle)
      })
      // The terminal may answer before the state is on disk; nobody listens to `answer` until then.
      answer.catch(() => undefined)
      await inOrder(async () => {
        if (!vehicle.state.pressed) return done(vehicle)
        pendingOf(vehicle).reportsSince = 0
        send(vehicle)
        await keep(vehicle, { ...vehicle.state, confirm: 'due' })
      })
      return answer
    },

    async stillSet(vehicle, signal, store) {
      const { state } = vehicle
      if (state.confirm === 'none') return
      const pending = pendingOf(vehicle)
      pending.reportsSince += 1
      if (state.confirm === 'due') send(vehicle)
      if (pending.reportsSince >= config.stuckAfterReports && !state.stuck)
        await store({ signal: stuckSignal(signal, state, 'new'), state: { ...state, stuck: true } })
    },

    async released(vehicle, signal) {
      if (vehicle.state.stuck) await host.accept(stuckSignal(signal, vehicle.state, 'restore'))
      done(vehicle)
    },

    async answered(vehicle, answer, link) {
      const { sent } = pendingOf(vehicle)
      if (!sent.some(item => item.link === link && item.serial === answer.serial)) return
      if (answer.result !== 0) return host.reject('confirm-refused', link.origin, `result ${answer.result}`)
      sent.length = 0
      done(vehicle)
      if (vehicle.state.confirm === 'due') await keep(vehicle, { ...vehicle.state, confirm: 'answered' })
    }
  }
}

function stuckSignal(signal: Signal, state: PressState, qualifier: 'new' | 'restore'): Signal {
  return {
    ...signal,
    qualifier,
    condition: 'fault',
    alarmClass: 'trouble',
    cause: 'stuck-button',
    eventId: state.eventId.replace('press', qualifier === 'new' ? 'stuck' : 'unstuck')
  }
}
