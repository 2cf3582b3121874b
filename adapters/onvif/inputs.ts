/** States of digital inputs → presses and restores: journaled with the state, so that neither a restart nor a lost connection loses one. */
import { randomUUID } from 'node:crypto'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { pause } from './discovery.ts'
import type { EventMessage, Meaning } from './event-decode.ts'

type InputState = Extract<Meaning, { kind: 'input' }>

/** Where a message came from. */
export interface EventOrigin {
  readonly endpoint: string
  /** `tcp 10.0.0.1:80`. */
  readonly origin: string
  /** The device took our login: it is no stranger at a free address. */
  readonly verified: boolean
  /** Device clock minus ours. */
  readonly clockOffsetMs: number
}

interface Known {
  readonly active: boolean
  /** When it was last said to be active, our clock. */
  readonly atMs: number
}

/** A hostile device must not fill the memory with names. */
const MAX_INPUTS_PER_DEVICE = 64
/**
 * Some devices repeat "on" while a button is held, others never send "off": an "on" while we think it is on is the same press within this
 * time of the last one, and a new press after it.
 */
const SAME_PRESS_MS = 10_000
const RETRY_FIRST_MS = 500
const RETRY_MAX_MS = 10_000

export const inputSource = (endpoint: string, input: string): SourceId => id<SourceId>(`onvif:${endpoint}/${input}`)

export class Inputs {
  readonly #host: AdapterHost
  readonly #abort: AbortSignal
  readonly #states = new Map<SourceId, Known>()
  readonly #perDevice = new Map<string, Set<string>>()

  constructor(host: AdapterHost, abort: AbortSignal) {
    this.#host = host
    this.#abort = abort
  }

  /** Resolves when what it means is durable, or at once when it means nothing; the device is asked for more only then. */
  async take(from: EventOrigin, state: InputState, message: EventMessage): Promise<void> {
    if (!this.#mayName(from.endpoint, state.input)) {
      this.#host.reject('tooManyInputs', from.origin, state.input)
      return
    }
    const sourceId = inputSource(from.endpoint, state.input)
    const nowMs = this.#host.clock.now()
    const before = this.#stateOf(sourceId)
    if (state.active === undefined) this.#host.reject('inputUnreadable', from.origin, state.value?.slice(0, 60))
    // Somebody may have pressed: a change in words that we do not know is a press; such a state of the past is nothing.
    if (state.active === undefined && state.initial) return
    const active = state.active ?? true
    const change = changeOf(before, active, state.initial, nowMs)
    if (change !== 'same') await this.#journal(this.#signal(from, sourceId, state, message, change), active)
    this.#states.set(sourceId, { active, atMs: active ? nowMs : (before?.atMs ?? 0) })
  }

  #mayName(endpoint: string, input: string): boolean {
    const inputs = this.#perDevice.get(endpoint) ?? new Set()
    if (!inputs.has(input) && inputs.size >= MAX_INPUTS_PER_DEVICE) return false
    this.#perDevice.set(endpoint, inputs.add(input))
    return true
  }

  /** As it was told last, also before a restart. */
  #stateOf(sourceId: SourceId): Known | undefined {
    const known = this.#states.get(sourceId)
    if (known) return known
    const remembered = this.#host.recall(keyOf(sourceId))
    return remembered === undefined ? undefined : { active: remembered === '1', atMs: Number.NEGATIVE_INFINITY }
  }

  #signal(
    from: EventOrigin,
    sourceId: SourceId,
    state: InputState,
    message: EventMessage,
    qualifier: 'new' | 'restore'
  ): Signal {
    const receivedTimeMs = this.#host.clock.now()
    return {
      sourceId,
      sourceKind: 'detector',
      qualifier,
      condition: 'alarm',
      // What is wired to an input only the registry knows.
      alarmClass: 'unmapped',
      eventId: `${qualifier}:${randomUUID()}`,
      // By our clock: how wrong the device's is we have asked it. An old state has no time of its own.
      ...(state.deviceTimeMs !== undefined && !state.initial
        ? { deviceTimeMs: Math.round(state.deviceTimeMs - from.clockOffsetMs) }
        : {}),
      receivedTimeMs,
      ...(state.active === undefined ? { text: state.value ?? '' } : {}),
      verified: from.verified,
      origin: from.origin,
      raw: JSON.stringify([message.topic, message.operation, [...message.source], [...message.data]]).slice(0, 4096)
    }
  }

  /** The device has no memory of what it gave away: what the journal refuses is tried until it takes it. */
  async #journal(signal: Signal, active: boolean): Promise<void> {
    const remember = { key: keyOf(signal.sourceId), value: active ? '1' : '0' }
    for (let delayMs = RETRY_FIRST_MS; !this.#abort.aborted; delayMs = Math.min(delayMs * 2, RETRY_MAX_MS)) {
      try {
        await this.#host.accept(signal, remember)
        return
      } catch (error) {
        this.#host.log.warn({ err: error, source: signal.sourceId }, 'an input is not journaled yet; tried again')
      }
      await pause({ clock: this.#host.clock, abort: this.#abort }, delayMs)
    }
  }
}

const keyOf = (sourceId: SourceId): string => `input:${sourceId}`

function changeOf(
  before: Known | undefined,
  active: boolean,
  initial: boolean,
  nowMs: number
): 'new' | 'restore' | 'same' {
  const was = before?.active === true
  if (!active) return was ? 'restore' : 'same'
  if (!was) return 'new'
  // A state that is told again is no second press, whenever it comes.
  return initial || nowMs - (before?.atMs ?? 0) < SAME_PRESS_MS ? 'same' : 'new'
}
