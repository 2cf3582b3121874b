/** Who may call whom back: the owner and leaders, numbers of the incident, one call a person, duress only when confirmed; on record before it rings. */
import { describe, expect, it } from 'vitest'
import { type EvidenceId, type IncidentId, id } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { CallEvents, CallRequest } from '../core/placed-call.ts'
import type { Adapter } from '../core/ports.ts'
import type { LineData } from '../core/step.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock, settle } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { createTalkDesk } from './talk-desk.ts'

const LIN: SessionUser = { userId: 'u-lin', login: '10327', name: '林晓', role: 'operator', permissions: [] } as never
const CHEN: SessionUser = { ...LIN, userId: 'u-chen', login: '10008', name: '陈班长', role: 'leader' }
const NUMBER = '6650147'

function bench(more: Partial<Incident> = {}, line: 'free' | 'none' | 'absent' = 'free') {
  const owner = { userId: id<never>('u-lin'), name: '林晓' }
  const household = { id: id<never>('h1'), kind: 'household', name: '陈桂芳', address: '', phone: '665-0147' } as const
  const contacts = [{ name: '陈明', relation: '儿子', phone: '13900000001' }]
  let forced = ''
  let incident = sampleIncident({ state: 'acknowledged', owner, subject: { ...household, contacts }, ...more })
  const clock = createFakeClock()
  const log: string[] = []
  const lines: LineData[] = []
  const calls: { request: CallRequest; events: CallEvents }[] = []
  const adapter = {
    name: 'sip',
    run: async () => {},
    placeCall(request: CallRequest, events: CallEvents) {
      log.push('ring')
      calls.push({ request, events })
      if (line === 'none') queueMicrotask(() => events.ended('noLine'))
      return { say: () => {}, hangUp: () => events.ended('byUs') }
    },
    voice: {
      ticket: (of: EvidenceId) =>
        line === 'free' && calls.length > 0 ? { port: 1, path: '/voice', ticket: of, expiresAtMs: 1 } : undefined,
      endUser: () => {}
    }
  } as unknown as Adapter
  let alarm = sampleAlarm(incident, { sourceId: id('sip:6650147') })
  const desk = createTalkDesk({
    ...{ clock, log: silentLog, parts: line === 'absent' ? [] : [{ adapter }] },
    incidents: {
      get: incidentId => (incidentId === incident.id ? incident : undefined),
      callsOf: () => [],
      callsFrom: number => (number === forced ? [sampleIncident({ duress: true })] : []),
      alarmsOf: () => [alarm],
      async step(_, step) {
        if (step.kind === 'contacts') log.push(`contacts ${JSON.stringify(step.change)}`)
        if (step.kind === 'remark') {
          lines.push(step.data)
          log.push(
            step.line === 'talkWay'
              ? `${step.data.talkWay} ${step.data.wayWhy ?? ''}`
              : `${step.line} ${step.data.contact ?? step.data.to ?? `${step.data.callEnd} ${step.data.seconds}`}`
          )
        }
        return incident
      },
      async refuse(_id, action, _actor, code, why) {
        log.push(`refused ${action}`)
        throw new Error(`${code} ${why}`)
      }
    }
  })
  const talk = (user = LIN, number = NUMBER, duressConfirmed?: boolean) =>
    desk.talk(incident.id, { number, ...(duressConfirmed === undefined ? {} : { duressConfirmed }) }, user)
  /** It is a taxi's button that was pressed. */
  const press = () => {
    alarm = sampleAlarm(incident, { sourceId: id('jt808:taxi'), sourceKind: 'taxi', alarmClass: 'panic' })
  }
  const mark = () => {
    incident = { ...incident, duress: true }
  }
  const force = (number: string) => {
    forced = number
  }
  return { clock, desk, incident, log, lines, calls, talk, press, mark, force }
}

describe('a call-back', () => {
  it('is on record before it rings, carries its recording to the incident, and its end is told', async () => {
    const { talk, log, calls, clock, incident } = bench()
    const started = await talk()
    expect(log).toEqual(['calledBack 陈桂芳 ****147', 'ring'])
    expect(calls[0]?.request).toMatchObject({
      number: NUMBER,
      speech: { pieces: [] },
      talk: { id: started.recording, sourceId: 'sip:6650147', incidentId: incident.id }
    })
    calls[0]?.events.answered()
    clock.advance(42_000)
    calls[0]?.events.ended('byThem')
    await settle()
    expect(log.at(-1)).toBe('callEnded talked 42')
  })

  it('states from its answer on by which way the voice goes, and when that changes', async () => {
    const { talk, log, calls } = bench()
    await talk()
    const events = calls[0]?.events
    events?.way?.({ way: 'webrtc' })
    expect(log.at(-1)).toBe('ring')
    events?.answered()
    expect(log.at(-1)).toBe('webrtc ')
    events?.way?.({ way: 'websocket', why: 'lost' })
    expect(log.at(-1)).toBe('websocket lost')
  })

  it('rings in a car that pressed without a sound only when whoever calls has said that he knows; its contacts are elsewhere', async () => {
    const { desk, incident, press, log } = bench()
    press()
    expect(desk.numbers(incident.id)).toMatchObject({ duress: false, silent: true })
    const call = (number: string, more = {}) => desk.talk(incident.id, { number, ...more }, LIN)
    await expect(call(NUMBER)).rejects.toThrow('COMMAND_REFUSED silent alarm: a call would be heard there')
    expect(log).toEqual(['refused callBack'])
    await call(NUMBER, { silentConfirmed: true })
    expect(log.at(-1)).toBe('ring')
    const other = bench()
    other.press()
    await other.talk(LIN, '13900000001')
    expect(other.log.at(-1)).toBe('ring')
  })

  it('rings no longer when duress is marked meanwhile, unless that was confirmed; one that was answered goes on', async () => {
    for (const [confirmed, answered, ends] of [
      [false, false, true],
      [true, false, false],
      [false, true, false]
    ] as const) {
      const { talk, log, calls, clock, mark } = bench()
      await talk(LIN, NUMBER, confirmed)
      if (answered) calls[0]?.events.answered()
      mark()
      await clock.advance(200)
      expect(log.includes('callEnded byUs 0')).toBe(ends)
    }
  })

  it('is ended by a silent press as well, while it rings and nobody has said that he knows; a contact is elsewhere', async () => {
    for (const [more, number, ends] of [
      [{}, NUMBER, true],
      [{ silentConfirmed: true }, NUMBER, false],
      [{}, '13900000001', false]
    ] as const) {
      const { desk, incident, log, clock, press } = bench()
      await desk.talk(incident.id, { number, ...more }, LIN)
      press()
      await clock.advance(200)
      expect(log.includes('callEnded byUs 0')).toBe(ends)
    }
  })

  it('that nobody answers says why', async () => {
    const { talk, log, calls } = bench()
    await talk()
    calls[0]?.events.ringing()
    calls[0]?.events.ended('noAnswer')
    await settle()
    expect(log.at(-1)).toBe('callEnded noAnswer 0')
  })

  it('is for the owner and leaders, to numbers of the incident, one at a time', async () => {
    const { talk, log, calls, desk, incident } = bench()
    await expect(talk({ ...LIN, userId: 'u-wang' })).rejects.toThrow('NOT_OWNER')
    await expect(bench({ owner: undefined }).talk()).rejects.toThrow('ILLEGAL_TRANSITION')
    await expect(bench({ state: 'resolved' }).talk()).rejects.toThrow('ILLEGAL_TRANSITION')
    await expect(talk(LIN, '13900000002')).rejects.toThrow('not of this incident')
    expect(calls).toEqual([])
    expect(new Set(log)).toEqual(new Set(['refused callBack']))
    await talk(CHEN, '13900000001')
    await expect(talk(CHEN)).rejects.toThrow('in a call already')
    await talk(LIN)
    calls[0]?.events.ended('byThem')
    await talk(CHEN)
    expect(desk.numbers(incident.id)).toEqual({
      numbers: [
        { number: NUMBER, name: '陈桂芳' },
        { number: '13900000001', name: '陈明', relation: '儿子' }
      ],
      silent: false,
      duress: false
    })
    await expect(desk.talk(id<IncidentId>('none'), { number: NUMBER }, LIN)).rejects.toMatchObject({
      code: 'NOT_FOUND'
    })
  })

  it('to a contact says so in both lines; who presses 1 has heard, once, and so has the round of automatic calls', async () => {
    const { talk, log, calls, lines } = bench()
    await talk(LIN, '13900000001')
    const who = { name: '陈明', relation: '儿子' }
    expect(lines.at(-1)).toMatchObject({ to: '陈明 ****001', ...who })
    const events = calls[0]?.events
    events?.answered()
    for (const key of ['2', '1', '1']) events?.digit(key)
    events?.ended('byThem')
    await settle()
    expect(log.filter(line => line.startsWith('contactTold'))).toEqual(['contactTold heard'])
    expect(lines.at(-1)).toEqual({ callEnd: 'talked', seconds: 0, ...who })

    const contact = { ...who, number: '13900000001', state: 'ringing', tries: 1 } as const
    const rung = bench({ contactRound: { startedAtMs: 1, contacts: [contact] } })
    await rung.talk(LIN, '13900000001')
    rung.calls[0]?.events.answered()
    rung.calls[0]?.events.digit('1')
    await settle()
    expect(rung.log.at(-1)).toBe('contacts {"what":"heard","index":0}')
    // The household itself is no contact of itself, whatever it presses.
    const home = bench()
    await home.talk()
    home.calls[0]?.events.answered()
    home.calls[0]?.events.digit('1')
    await settle()
    expect(home.log.at(-1)).toBe('ring')
    expect(home.lines[0]).not.toHaveProperty('relation')
  })

  it('is refused as well where another of its telephones rings with somebody under duress, unless that was confirmed', async () => {
    const { talk, desk, incident, force, log } = bench()
    expect(desk.numbers(incident.id).duress).toBe(false)
    force('13900000001')
    expect(desk.numbers(incident.id).duress).toBe(true)
    await expect(talk(LIN, '13900000001')).rejects.toThrow('duress')
    await talk(LIN, '13900000001', true)
    expect(log).toContain('ring')
  })

  it('under duress is refused unless it was confirmed', async () => {
    const { talk, log, desk, incident } = bench({ duress: true })
    expect(desk.numbers(incident.id).duress).toBe(true)
    await expect(talk()).rejects.toThrow('duress')
    await expect(talk(CHEN, NUMBER, false)).rejects.toThrow('duress')
    expect(log).toEqual(['refused callBack', 'refused callBack'])
    await talk(LIN, NUMBER, true)
    expect(log.at(-1)).toBe('ring')
  })

  it('without a free line, or any, says so and leaves the person free', async () => {
    const { talk, log } = bench({}, 'none')
    await expect(talk()).rejects.toMatchObject({ code: 'COMMAND_REFUSED', detail: { why: 'call: noLine' } })
    await settle()
    expect(log.at(-1)).toBe('callEnded noLine 0')
    await expect(talk()).rejects.toMatchObject({ detail: { why: 'call: noLine' } })
    const nowhere = bench({}, 'absent')
    await expect(nowhere.talk()).rejects.toThrow('no telephone line')
    expect(nowhere.desk.numbers(nowhere.incident.id).numbers).toEqual([])
  })
})
