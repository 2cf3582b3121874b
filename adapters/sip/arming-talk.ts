/**
 * Arming and disarming by telephone: the household's secret number, then 1 or 0. The number of duress does the very same and is a silent
 * alarm (rule 5).
 */

import type { Speech } from '../../gateway/core/placed-call.ts'
import type { AdapterHost, ArmState } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { saying, type Words } from '../../gateway/core/words.ts'
import type { ArmStates } from './arm-states.ts'
import { eventIdOf } from './decode.ts'
import type { Pins, PinVerdict } from './pins.ts'
import type { Raiser } from './raiser.ts'

const speech = (name: string): Speech => ({ pieces: [{ name: `arming-${name}.zh` }], repeat: true })
const ASK = speech('ask')
const WRONG = speech('wrong')
const LOCKED = speech('locked')
const STATE: Readonly<Record<ArmState, Speech>> = {
  armed: speech('armed'),
  stay: speech('armed'),
  disarmed: speech('disarmed')
}
const KEYS: Readonly<Record<string, ArmState>> = { 1: 'armed', 0: 'disarmed' }
const WORDS: Readonly<Record<ArmState, Words>> = {
  armed: { zh: '电话布防', en: 'Armed by telephone' },
  stay: { zh: '电话布防', en: 'Armed by telephone' },
  disarmed: { zh: '电话撤防', en: 'Disarmed by telephone' }
}
const MAX_TYPED = 12

export interface ArmingPorts {
  readonly host: AdapterHost
  readonly pins: Pins
  readonly states: ArmStates
  readonly raiser: Raiser
  say(speech: Speech): void
}

export class ArmingTalk {
  readonly round = ASK
  readonly #ports: ArmingPorts
  readonly #call: Signal
  readonly #number: string
  #typed = ''
  #step: 'pin' | 'checking' | 'choose' | 'locked' = 'pin'
  #changes = 0

  constructor(call: Signal, ports: ArmingPorts) {
    this.#call = call
    this.#ports = ports
    this.#number = call.sourceId.slice('sip:'.length)
  }

  /** False when a change could not be stored; then it is not confirmed either. */
  async digit(key: string): Promise<boolean> {
    if (this.#step === 'choose') return this.#choose(key)
    if (this.#step !== 'pin') return true
    if (key === '*') this.#typed = ''
    else if (key !== '#') this.#typed = (this.#typed + key).slice(0, MAX_TYPED)
    else await this.#check()
    return true
  }

  end(): void {
    this.#step = 'locked'
  }

  async #check(): Promise<void> {
    const { host, pins } = this.#ports
    const typed = this.#typed
    this.#typed = ''
    this.#step = 'checking'
    try {
      await this.#answer(await pins.check(this.#number, typed))
    } catch (error) {
      host.reject('credentialStoreFailed', this.#call.origin, error instanceof Error ? error.message : String(error))
      this.#ask(WRONG)
    }
  }

  async #answer({ answer, duress }: PinVerdict): Promise<void> {
    const { host, raiser, say, states } = this.#ports
    // Nobody waits for it: a slow journal would be heard as a silence that the right number does not have (rule 5).
    if (duress) void raiser.raise(this.#signal('duress', { alarmClass: 'duress', ...DURESS_TEXT }))
    if (answer === 'right') {
      if (this.#step !== 'checking') return
      this.#step = 'choose'
      return say(STATE[states.of(this.#number)])
    }
    host.reject('wrongPin', this.#call.origin, this.#number)
    if (answer === 'wrong') return this.#ask(WRONG)
    await raiser.raise(this.#signal('wrong-pins', { condition: 'tamper', alarmClass: 'tamper', ...LOCKED_TEXT }))
    if (this.#step === 'checking') this.#step = 'locked'
    say(LOCKED)
  }

  #ask(again: Speech): void {
    if (this.#step === 'checking') this.#step = 'pin'
    this.#ports.say(again)
  }

  async #choose(key: string): Promise<boolean> {
    const { raiser, say, states } = this.#ports
    const state = KEYS[key]
    if (!state) return true
    const status = { qualifier: 'status', condition: 'heartbeat', ...saying(WORDS[state]) } as const
    const signal = this.#signal(`arm${++this.#changes}`, status)
    if (!(await raiser.store(signal, states.entry(this.#number, state)))) return false
    states.changed(this.#number)
    say(STATE[state])
    return true
  }

  #signal(event: string, parts: Partial<Signal>): Signal {
    const alarm = { qualifier: 'new', condition: 'alarm' } as const
    const eventId = eventIdOf(`${this.#call.eventId}+${event}`)
    return { ...this.#call, ...alarm, eventId, receivedTimeMs: this.#ports.host.clock.now(), raw: undefined, ...parts }
  }
}

const DURESS_TEXT = saying({ zh: '电话布撤防时输入胁迫密码', en: 'Number of duress typed while arming by telephone' })
const LOCKED_TEXT = saying({ zh: '电话布撤防密码连续错误', en: 'Wrong numbers typed again and again' })
