/** What happens inside answered calls: a digit is journaled, then confirmed aloud; the digit of duress gives no sign whatever (rule 5). */

import { basename } from 'node:path'
import type { SourceId } from '../../gateway/core/brand.ts'
import type { Speech } from '../../gateway/core/placed-call.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { joined, saying, type Words } from '../../gateway/core/words.ts'
import { ArmStates } from './arm-states.ts'
import { ArmingTalk } from './arming-talk.ts'
import type { Party, Voice } from './call.ts'
import type { ServiceNumber, SipConfig } from './config.ts'
import { eventIdOf } from './decode.ts'
import { DetectorTalk } from './detector-talk.ts'
import { DigitWays } from './digits.ts'
import type { HeardDigit } from './ear.ts'
import { Pins } from './pins.ts'
import { Raiser } from './raiser.ts'

type DigitRow = SipConfig['digits'][number]

/** A call whose keys mean something of their own. */
interface Menu {
  readonly round: Speech
  /** False when what it asked for could not be stored. */
  digit(key: string): Promise<boolean>
  end(): void
}

interface Talk {
  readonly key: string
  /** The press that began it. */
  readonly press: Signal
  readonly ways: DigitWays
  /** Absent in a call for help. */
  readonly menu?: Menu
  /** Digits journaled or on their way there: one signal a digit and call. */
  readonly raised: Map<string, Promise<boolean>>
  /** Duress was told: nothing is said any more that was not said before. */
  silent: boolean
  /** Something is said in place of the prompts. */
  interrupted: boolean
  /** The caller can hear us. */
  open: boolean
  /** A unit is on its way; resolves to whether it was said. */
  coming?: PromiseWithResolvers<boolean>
}

const TEST_CALL: Speech = { pieces: [{ name: 'test-call.zh' }], repeat: true }
const RECEIVED: Speech = { pieces: [{ name: 'received.zh' }], repeat: false }
const ON_THE_WAY: Speech = { pieces: [{ name: 'on-the-way.zh' }], repeat: false }

const WORDS: Readonly<Record<DigitRow['raises'], Words>> = {
  panic: { zh: '来电按键：要警察', en: 'Caller pressed: police' },
  medical: { zh: '来电按键：要急救', en: 'Caller pressed: medical' },
  fire: { zh: '来电按键：火警', en: 'Caller pressed: fire' },
  duress: { zh: '来电按键：胁迫', en: 'Caller pressed: duress' }
}

export class Talks {
  readonly #host: AdapterHost
  readonly #rows: ReadonlyMap<string, DigitRow>
  readonly #voice: Pick<Voice, 'open' | 'say'>
  readonly #round: Speech
  readonly #talks = new Map<string, Talk>()
  readonly #raiser: Raiser
  readonly #pins: Pins
  readonly #armStates: ArmStates

  constructor(host: AdapterHost, config: Pick<SipConfig, 'digits' | 'prompt'>, voice: Pick<Voice, 'open' | 'say'>) {
    this.#host = host
    this.#rows = new Map(config.digits.map(row => [row.digit, row]))
    this.#voice = voice
    this.#raiser = new Raiser(host)
    this.#pins = new Pins(host)
    this.#armStates = new ArmStates(host)
    // Of a file that cannot be spoken the shipped words stand in.
    const answer = { name: basename(config.prompt, '.alaw'), otherwise: ['help-coming.zh'] }
    this.#round = { pieces: [answer, { name: 'menu.zh' }], repeat: true }
  }

  /** Shows what is remembered of earlier runs. */
  start(): void {
    this.#armStates.show()
  }

  /** `call` is the call's key; `press` is durable; `kind` is of the number dialled, `detector` for any call of a dialler. */
  begin(call: string, press: Signal, kind: ServiceNumber['kind']): void {
    const base = { key: call, press, ways: new DigitWays(), raised: new Map<string, Promise<boolean>>() }
    const menu = this.#menuOf(call, press, kind)
    const silent = this.#host.hushed?.(press.sourceId) === true
    this.#talks.set(call, { ...base, menu, silent, interrupted: false, open: false })
  }

  #menuOf(call: string, press: Signal, kind: ServiceNumber['kind']): Menu | undefined {
    const say = (speech: Speech) => {
      if (this.#talks.has(call)) this.#voice.say(call, speech)
    }
    if (kind === 'detector') return new DetectorTalk(this.#host, press, say)
    if (kind !== 'arming') return undefined
    const rooms = { pins: this.#pins, states: this.#armStates, raiser: this.#raiser }
    return new ArmingTalk(press, { host: this.#host, ...rooms, say })
  }

  end(call: string): void {
    const talk = this.#talks.get(call)
    talk?.coming?.resolve(false)
    talk?.menu?.end()
    this.#talks.delete(call)
  }

  /** As after its own key of duress: what is said goes on, nothing new is. */
  hush(sourceId: SourceId): void {
    for (const talk of this.#talks.values()) if (talk.press.sourceId === sourceId) talk.silent = true
  }

  /** Asked anew before each word: duress may have been told by another telephone of the household, or in a call before this one. */
  #isSilent(talk: Talk): boolean {
    talk.silent ||= this.#host.hushed?.(talk.press.sourceId) === true
    return talk.silent
  }

  /** Says once a call that help is on its way, at the answer if it still rings; true when somebody heard it. */
  async unitComing(sourceId: SourceId): Promise<boolean> {
    const callers = [...this.#talks.values()].filter(
      t => t.press.sourceId === sourceId && !t.menu && !this.#isSilent(t) && !t.coming
    )
    const said = callers.map(talk => {
      talk.coming = Promise.withResolvers()
      if (talk.open) this.#sayComing(talk)
      return talk.coming.promise
    })
    return (await Promise.all(said)).includes(true)
  }

  /** Nothing is tried again. */
  close(): void {
    this.#raiser.close()
  }

  /** The voice channel of a call, with the prompts spoken and the keys read. */
  async open(call: string, party: Party): Promise<number | undefined> {
    const talk = this.#talks.get(call)
    // Only a call for help is recorded: of a test there is nothing to keep, and a secret number must not lie in a sound file.
    const recorded = talk?.press.condition === 'alarm' ? party : { ...party, press: undefined }
    const port = await this.#voice.open(call, recorded, {
      digit: heard => void this.take(call, heard),
      spoken: () => talk && this.#spoken(talk)
    })
    if (port === undefined) return undefined
    this.#voice.say(call, this.#roundOf(talk))
    if (talk) talk.open = true
    if (talk?.coming) this.#sayComing(talk)
    return port
  }

  /** False when the journal could not store it. */
  async take(call: string, heard: HeardDigit): Promise<boolean> {
    const talk = this.#talks.get(call)
    if (!talk?.ways.take(heard, this.#host.clock.now())) return true
    if (talk.menu) return talk.menu.digit(heard.digit)
    const row = this.#rows.get(heard.digit)
    if (!row) return true
    if (row.raises === 'duress') talk.silent = true
    const stored = await this.#raiseOnce(talk, row)
    if (stored) this.#confirm(talk)
    return stored
  }

  #raiseOnce(talk: Talk, row: DigitRow): Promise<boolean> {
    const known = talk.raised.get(row.digit)
    if (known) return known
    const stored = this.#raiser.raise(signalOf(talk.press, row, this.#host.clock.now()), () => this.#confirm(talk))
    talk.raised.set(row.digit, stored)
    void stored.then(ok => ok || talk.raised.delete(row.digit))
    return stored
  }

  #confirm(talk: Talk): void {
    if (!this.#isSilent(talk)) this.#interrupt(talk, RECEIVED)
  }

  #sayComing(talk: Talk): void {
    if (!this.#isSilent(talk)) this.#interrupt(talk, ON_THE_WAY)
    talk.coming?.resolve(!talk.silent)
  }

  #interrupt(talk: Talk, speech: Speech): void {
    if (!this.#talks.has(talk.key)) return
    talk.interrupted = true
    this.#voice.say(talk.key, speech)
  }

  /** What was said in between is over: the prompts again. */
  #spoken(talk: Talk): void {
    if (!talk.interrupted || !this.#talks.has(talk.key)) return
    talk.interrupted = false
    this.#voice.say(talk.key, this.#roundOf(talk))
  }

  #roundOf(talk: Talk | undefined): Speech {
    if (talk?.menu) return talk.menu.round
    return talk?.press.condition === 'test' ? TEST_CALL : this.#round
  }
}

/** A further report of the same source, in a test call a further test; its event is the call and the digit, so that whatever comes twice is one. */
function signalOf(press: Signal, { digit, raises }: DigitRow, nowMs: number): Signal {
  const eventId = eventIdOf(`${press.eventId}+${digit}`)
  const test = press.condition === 'test'
  const said = joined([test ? { zh: '试拨按键', en: 'Key of a test call' } : WORDS[raises], `(${digit})`], ' ')
  const alarmClass = test ? press.alarmClass : raises
  return { ...press, alarmClass, eventId, receivedTimeMs: nowMs, ...saying(said), digit, raw: undefined }
}
