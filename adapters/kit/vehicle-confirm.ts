/** 0x8203 and its like: puts the terminal's emergency out after an operator has acknowledged, again and again until it answers; finds stuck buttons. */
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import type { PressState } from './vehicle-press.ts'
import type { Link, Vehicle, VehicleProtocol, VehicleSettings } from './vehicles.ts'

/** By the vehicle's key, from the confirmation until the release; after a restart `state.confirm` alone starts it anew. */
interface Pending {
  readonly sent: { readonly link: Link; readonly serial: number }[]
  readonly waiters: Set<(failure?: Error) => void>
  reportsSince: number
}

/** Confirmations whose answer still counts. */
const MAX_SENT = 8

export interface Confirmer {
  /** Sends now if the vehicle is connected. Resolves when the terminal has answered or released, rejects after `confirmTimeoutMs`; false: nothing is pressed. */
  confirm(vehicle: Vehicle, inOrder: (step: () => Promise<void>) => Promise<void>): Promise<boolean>
  /** A live report with the bit still set. */
  stillSet(
    vehicle: Vehicle,
    signal: Signal,
    store: (next: { readonly signal: Signal; readonly state: PressState }) => Promise<void>
  ): Promise<void>
  /** The bit is about to be released. */
  released(vehicle: Vehicle, signal: Signal): Promise<void>
  answered(vehicle: Vehicle, answer: { readonly serial: number; readonly result: number }, link: Link): Promise<void>
  /** Rejects whoever waits, so that no timer is left. */
  close(): void
}

export function createConfirmer(host: AdapterHost, config: VehicleSettings, kind: VehicleProtocol): Confirmer {
  const pendings = new Map<string, Pending>()

  function pendingOf(vehicle: Vehicle): Pending {
    const pending = pendings.get(vehicle.key) ?? { sent: [], waiters: new Set(), reportsSince: 0 }
    pendings.set(vehicle.key, pending)
    return pending
  }

  function send(vehicle: Vehicle): void {
    if (!vehicle.link) return
    const { link } = vehicle
    const { sent } = pendingOf(vehicle)
    for (const serial of kind.confirm(link, vehicle.state.serial, vehicle.phone)) sent.push({ link, serial })
    sent.splice(0, sent.length - MAX_SENT)
  }

  async function keep(vehicle: Vehicle, state: PressState): Promise<void> {
    vehicle.state = state
    await host.remember({ key: vehicle.key, value: JSON.stringify(state) })
  }

  function answered(vehicle: Vehicle, waiters: Pending['waiters']): Promise<void> {
    const answer = new Promise<void>((resolve, reject) => {
      const cancel = host.clock.after(config.confirmTimeoutMs, () =>
        settle(new Error(`${vehicle.sourceId} did not answer the confirmation; it is sent again with its next report`))
      )
      function settle(failure?: Error) {
        waiters.delete(settle)
        cancel()
        if (failure) reject(failure)
        else resolve()
      }
      waiters.add(settle)
    })
    // Nobody listens until the state is on disk; the time may be up before.
    answer.catch(() => undefined)
    return answer
  }

  function done(vehicle: Vehicle): void {
    for (const settle of pendings.get(vehicle.key)?.waiters ?? []) settle()
  }

  return {
    async confirm(vehicle, inOrder) {
      let answer: Promise<void> | undefined
      await inOrder(async () => {
        if (!vehicle.state.pressed) return
        const pending = pendingOf(vehicle)
        pending.reportsSince = 0
        answer = answered(vehicle, pending.waiters)
        send(vehicle)
        await keep(vehicle, { ...vehicle.state, confirm: 'due' })
      })
      await answer
      return answer !== undefined
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
      pendings.delete(vehicle.key)
    },

    async answered(vehicle, answer, link) {
      const sent = pendings.get(vehicle.key)?.sent
      if (!sent?.some(item => item.link === link && item.serial === answer.serial)) return
      if (answer.result !== 0) return host.reject('confirmRefused', link.origin, `result ${answer.result}`)
      sent.length = 0
      done(vehicle)
      if (vehicle.state.confirm === 'due' && kind.resend === 'untilAnswered')
        await keep(vehicle, { ...vehicle.state, confirm: 'answered' })
    },

    close() {
      for (const { waiters } of pendings.values())
        for (const settle of waiters) settle(new Error(`the ${kind.protocol} adapter has stopped`))
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
