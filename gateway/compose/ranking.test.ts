/** A vehicle's place leaves the gateway on record only; without a vehicle nothing is put on record. */
import { expect, test } from 'vitest'
import type { Position } from '../core/geo.ts'
import type { SessionUser, UnitCandidate } from '../core/wire.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createRanking } from './ranking.ts'

const user = { login: '10086' } as SessionUser
const incident = sampleIncident({ sourceKind: 'taxi' })
const candidates = [{ name: '巡防 07 车' }] as unknown as readonly UnitCandidate[]

function bench(towards: Position | undefined, failing = false) {
  const reads: string[] = []
  const ranking = createRanking({
    log: silentLog,
    dispatch: { candidates: () => candidates, towards: () => towards },
    positionReads: {
      async read({ login }, object) {
        if (failing) throw new Error('the disk is full')
        reads.push(`${login} ${object}`)
      }
    }
  })
  return { reads, ask: () => ranking(incident, user) }
}

const towards: Position = { point: { lat: 27, lon: 119.6, datum: 'wgs84' }, atMs: 5 }

test('is told with the ranking, once it is on record who has asked', async () => {
  const { ask, reads } = bench(towards)
  expect(await ask()).toEqual({ candidates, towards })
  expect(reads).toEqual([`10086 incident:${incident.number}`])
})

test('is withheld, and the times that count to it, when it cannot be put on record', async () => {
  expect(await bench(towards, true).ask()).toEqual({ candidates: [] })
})

test('the place of the press is on the incident: nothing more is put on record', async () => {
  const { ask, reads } = bench(undefined, true)
  expect(await ask()).toEqual({ candidates })
  expect(reads).toEqual([])
})
