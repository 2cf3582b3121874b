/** The conferences of the voice thread: which channels hear each other, consoles among them, and when one is over. */
import type { Audience } from './audience.ts'
import { Conference } from './conference.ts'

/** What a conference needs of a call's channel. */
export interface Attendee {
  readonly audience: Audience
  /** Somebody speaks into it from a console. */
  readonly talk: boolean
  conference?: Conference | undefined
}

/** Whoever speaks into this call from a console is one more in the conference. */
const consoleOf = (call: string): string => `${call} console`

export class Conferences {
  readonly #open = new Map<string, Conference>()
  readonly #attendee: (call: string) => Attendee | undefined
  readonly #alone: (call: string) => void

  /** `alone`: of a conference only this call is left, which is over with that. */
  constructor(attendee: (call: string) => Attendee | undefined, alone: (call: string) => void) {
    this.#attendee = attendee
    this.#alone = alone
  }

  join(name: string, calls: readonly string[]): void {
    const conference = this.#open.get(name) ?? new Conference()
    for (const call of calls) {
      const attendee = this.#attendee(call)
      if (!attendee || attendee.conference === conference || !conference.add(call)) continue
      if (attendee.conference) this.leave(call, attendee)
      attendee.conference = conference
      if (attendee.talk) conference.add(consoleOf(call))
    }
    this.#open.set(name, conference)
    // Whoever else was to be in it may have hung up while this one was rung.
    this.#endIfAlone(conference)
  }

  leave(call: string, attendee: Attendee): void {
    const { conference } = attendee
    attendee.conference = undefined
    if (!conference) return
    conference.remove(call)
    conference.remove(consoleOf(call))
    this.#endIfAlone(conference)
  }

  /** The next 20 ms of everybody; consoles hear all telephones. */
  turn(): void {
    for (const conference of this.#open.values()) {
      const consoles = conference.members().flatMap(call => {
        const attendee = this.#attendee(call)
        return attendee?.talk ? [{ name: consoleOf(call), audience: attendee.audience }] : []
      })
      for (const { name, audience } of consoles) conference.say(name, audience.next('alaw'))
      conference.turn()
      for (const { name, audience } of consoles) audience.give(conference.next(name, 'alaw'))
    }
  }

  #endIfAlone(conference: Conference): void {
    const telephones = conference.members().filter(member => this.#attendee(member))
    if (telephones.length > 1) return
    for (const [name, each] of this.#open) if (each === conference) this.#open.delete(name)
    for (const call of telephones) {
      const attendee = this.#attendee(call)
      if (attendee) attendee.conference = undefined
      this.#alone(call)
    }
  }
}
