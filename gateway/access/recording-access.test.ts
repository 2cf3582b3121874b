/** Which recordings open for whom, and how much of what was asked for. */
import { describe, expect, it } from 'vitest'
import { type IncidentId, id } from '../core/brand.ts'
import { mayPlay, type RecordingWish } from './recording-access.ts'

const NOW = Date.UTC(2026, 10, 21, 19, 12, 31)
const HOUR = 3_600_000
const MIN = 60_000
const near = (agoMs: number, lastsMs: number) => ({
  id: id<IncidentId>('i-1'),
  fromMs: NOW - agoMs,
  toMs: NOW - agoMs + lastsMs
})
const wish = (agoMs: number, lastsMs: number, more: Partial<RecordingWish> = {}): RecordingWish => ({
  fromMs: NOW - agoMs,
  toMs: NOW - agoMs + lastsMs,
  near: [],
  nowMs: NOW,
  ...more
})
const OPERATOR = { role: 'operator' } as const
const PUBLIC = { ownership: 'public' } as const
const PRIVATE = { ownership: 'private' } as const

it('opens recordings for the floor only', () => {
  for (const role of ['patrol', 'taxiDispatcher', 'administrator'] as const)
    expect(mayPlay(PUBLIC, { role }, wish(HOUR, MIN, { reason: '核对现场情况' }))).toEqual({
      ok: false,
      code: 'NOT_ALLOWED'
    })
})

describe('public cameras', () => {
  it('gives an operator the last day at will, and a leader every day', () => {
    expect(mayPlay(PUBLIC, OPERATOR, wish(23 * HOUR, HOUR))).toMatchObject({ ok: true, basis: 'public' })
    expect(mayPlay(PUBLIC, OPERATOR, wish(72 * HOUR, HOUR))).toEqual({ ok: false, code: 'RECORDING_CLOSED' })
    expect(mayPlay(PUBLIC, { role: 'leader' }, wish(72 * HOUR, HOUR))).toMatchObject({ ok: true, basis: 'public' })
  })

  it('cuts off what is older, unless an incident or a reason opens it', () => {
    const asked = wish(25 * HOUR, 2 * HOUR)
    expect(mayPlay(PUBLIC, OPERATOR, asked)).toEqual({
      ok: true,
      basis: 'public',
      fromMs: NOW - 24 * HOUR,
      toMs: NOW - 23 * HOUR
    })
    expect(mayPlay(PUBLIC, OPERATOR, { ...asked, reason: '核对现场情况' })).toMatchObject({
      basis: 'reason',
      fromMs: asked.fromMs
    })
    expect(mayPlay(PUBLIC, OPERATOR, wish(72 * HOUR, HOUR, { near: [near(71.5 * HOUR, MIN)] }))).toMatchObject({
      basis: 'incident',
      fromMs: NOW - 71.5 * HOUR - 10 * MIN,
      toMs: NOW - 71.5 * HOUR + 11 * MIN
    })
  })
})

describe('private cameras (rule 9)', () => {
  it('stay shut without incident or reason, also for a leader and for the last minute', () => {
    for (const role of ['operator', 'leader'] as const)
      expect(mayPlay(PRIVATE, { role }, wish(MIN, MIN))).toEqual({ ok: false, code: 'RECORDING_CLOSED' })
    expect(mayPlay(PRIVATE, OPERATOR, wish(MIN, MIN, { reason: '....' }))).toMatchObject({ ok: false })
  })

  it('open ten minutes around an incident that lists them, and no further', () => {
    const decision = mayPlay(PRIVATE, OPERATOR, wish(3 * HOUR, 2 * HOUR, { near: [near(2 * HOUR, 5 * MIN)] }))
    expect(decision).toEqual({
      ok: true,
      basis: 'incident',
      incidentId: 'i-1',
      fromMs: NOW - 2 * HOUR - 10 * MIN,
      toMs: NOW - 2 * HOUR + 15 * MIN
    })
    expect(mayPlay(PRIVATE, OPERATOR, wish(10 * HOUR, HOUR, { near: [near(2 * HOUR, 5 * MIN)] }))).toMatchObject({
      ok: false
    })
  })

  it('open with a reason, which is what the audit log gets', () => {
    expect(mayPlay(PRIVATE, OPERATOR, wish(3 * HOUR, HOUR, { reason: '  失主报失物 ' }))).toMatchObject({
      basis: 'reason',
      reason: '失主报失物'
    })
  })
})
