/** The clock is set while a unit waits for its next ring: it comes when it would have come, also where another run has written when. */
import { describe, expect, test } from 'vitest'
import { id, type UnitId } from '../core/brand.ts'
import { applyGroupParty, type GroupCallHead, type GroupParty } from '../core/group-call.ts'
import type { CallEvents } from '../core/placed-call.ts'
import { createFakeClock, settle } from '../testing/fake-clock.ts'
import { createGroupRinger } from './group-ringer.ts'

const DAY_MS = 86_400_000
const AGAIN_MS = 60_000
const HEAD = { id: 'call', kind: 'muster' } as GroupCallHead

function bench(nextInMs: number) {
  const clock = createFakeClock()
  const placed: CallEvents[] = []
  let party: GroupParty = {
    ...{ unitId: id<UnitId>('u1'), name: '巡防 07 车' },
    call: { state: 'waiting', tries: 0, nextAtMs: clock.now() + nextInMs }
  }
  const ringer = createGroupRinger({
    clock,
    settings: { ringMs: 30_000, tries: 2, againAfterMs: AGAIN_MS, keepLines: 0 },
    incidents: { all: () => [], isCalling: () => false },
    ...{ phoneOf: () => '13800000011', hushed: () => false, freeLines: () => 3 },
    place(_, events) {
      placed.push(events)
      return { say: () => undefined, hangUp: () => undefined }
    },
    async write(_callId, _unitId, change) {
      party = applyGroupParty(party, change, clock.now())
      return true
    }
  })
  clock.every(500, () => ringer.tick(HEAD, [party]))
  return { clock, placed }
}

describe.each([-DAY_MS, -90_000, 90_000, DAY_MS])('the clock is set by %i ms', byMs => {
  test('whoever was busy is rung again a minute later', async () => {
    const { clock, placed } = bench(0)
    await clock.advance(1_000)
    placed[0]?.ended('busy')
    // Before anybody has looked at the wait.
    clock.set(byMs)
    await settle()
    await clock.advance(30_000)
    clock.set(byMs)
    await clock.advance(25_000)
    expect(placed).toHaveLength(1)
    await clock.advance(6_000)
    expect(placed).toHaveLength(2)
  })
})

test('what another run has written, by whatever clock, is waited for no longer than a wait lasts', async () => {
  const { clock, placed } = bench(DAY_MS)
  await clock.advance(AGAIN_MS - 1_000)
  expect(placed).toEqual([])
  await clock.advance(2_000)
  expect(placed).toHaveLength(1)
})
