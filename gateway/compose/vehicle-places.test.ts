/** Whose cabin is seen where more cars have pressed than there are places. */
import { describe, expect, test } from 'vitest'
import { type CameraId, id, type SourceId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import { cpuMs } from '../testing/cpu.ts'
import { sampleIncident } from '../testing/samples.ts'
import { clip, setUp, vehicle } from '../testing/vehicle-video.ts'
import { until } from '../testing/wait.ts'

describe('more presses than places', () => {
  const camera = (name: string) => id<CameraId>(`jt808:${name}/1`)
  function floor(maxCameras: number) {
    const made = setUp(true, 'tcp', maxCameras)
    const press = (name: string, openedAtMs: number, rest: Partial<Incident> = {}) => {
      const sourceId = id<SourceId>(`jt808:${name}`)
      const inside = { cameraId: camera(name), name, distanceM: 0, vehicle: { sourceId, channel: 1 } }
      const incident = { ...sampleIncident({ id: id(name), state: 'new' }), openedAtMs, cameras: [inside] }
      made.video.incidentChanged({ ...incident, evidence: [], ...rest }, undefined)
    }
    const seen = () => (made.known.at(-1) ?? []).map(each => each.name).toSorted()
    return { ...made, press, seen, stop: made.video.start() }
  }

  test('a fresh press has its picture: cars that are off line leave their places, and have them again when they are back', async () => {
    const { clock, press, seen, away, shows, stop, asked } = floor(2)
    for (const name of ['gone1', 'gone2']) away.add(`jt808:${name}`)
    press('gone1', 1)
    press('gone2', 2)
    // Nobody else wants the places: they are asked again and again.
    await clock.advance(15_000)
    expect(seen()).toEqual(['gone1', 'gone2'])
    press('a', 3)
    expect(seen()).toEqual(['a', 'gone2'])
    shows(camera('a'))
    press('b', 0)
    expect(seen()).toEqual(['a', 'b'])
    shows(camera('a'), camera('b'))
    await clock.advance(60_000)
    expect(seen()).toEqual(['a', 'b'])
    // Back: newer than b, older than a.
    away.delete('jt808:gone2')
    await clock.advance(15_000)
    expect(seen()).toEqual(['a', 'gone2'])
    expect(asked.slice(-2)).toEqual(['off jt808:b/1 10.0.0.5:7613', 'on jt808:gone2/1 10.0.0.5:7613'])
    stop()
  })

  test('where all are there, the newest of the gravest have the places; what is over, and records to its end, comes last', () => {
    const { press, seen, stop } = floor(2)
    press('old', 1)
    press('less', 9, { priority: 2 })
    expect(seen()).toEqual(['less', 'old'])
    press('fresh', 10)
    expect(seen()).toEqual(['fresh', 'old'])
    press('newest', 11)
    expect(seen()).toEqual(['fresh', 'newest'])
    press('newest', 11, { state: 'resolved', evidence: [{ ...clip(sampleIncident(), 'recording') }] })
    expect(seen()).toEqual(['fresh', 'old'])
    press('old', 1, { state: 'resolved' })
    expect(seen()).toEqual(['fresh', 'less'])
    press('fresh', 10, { state: 'resolved' })
    expect(seen()).toEqual(['less', 'newest'])
    stop()
  })

  test('who gives no answer, or answers and sends nothing, leaves its place as well; the first answer, or another press, gives it back', async () => {
    const { clock, press, seen, mute, shows, stop, asked } = floor(1)
    mute.add('jt808:mute')
    press('old', 1)
    shows(camera('old'))
    press('mute', 2)
    await until('it had no answer', () => seen()[0] === 'old')
    await clock.advance(30_000)
    expect(seen()).toEqual(['old'])
    mute.delete('jt808:mute')
    await clock.advance(15_000)
    expect(seen()).toEqual(['mute'])
    // It says yes to everything, and no picture comes.
    shows()
    await clock.advance(30_000)
    expect(seen()).toEqual(['mute'])
    await clock.advance(15_000)
    expect(seen()).toEqual(['old'])
    shows(camera('old'))
    await clock.advance(600_000)
    expect(seen()).toEqual(['old'])
    press('mute', 2, { presses: 2 })
    expect(seen()).toEqual(['mute'])
    expect(asked.at(-1)).toBe('on jt808:mute/1 10.0.0.5:7613')
    stop()
    expect(clock.pending).toBe(0)
  })

  test('an answer that comes when others have the places ends what it began', async () => {
    const { clock, press, seen, mute, shows, stop, asked } = floor(1)
    mute.add('jt808:mute')
    press('mute', 1)
    await clock.advance(1)
    press('fresh', 2)
    shows(camera('fresh'))
    mute.delete('jt808:mute')
    await clock.advance(15_000)
    expect(seen()).toEqual(['fresh'])
    expect(asked.slice(-2)).toEqual(['on jt808:mute/1 10.0.0.5:7613', 'off jt808:mute/1 10.0.0.5:7613'])
    const count = asked.length
    await clock.advance(60_000)
    expect(asked).toHaveLength(count)
    stop()
  })
})

test('in a storm of vehicles the newest 64 are asked, the next when one ends; a change costs the same however many there are', () => {
  const { asked, known, video } = setUp()
  const of = (n: number, state: Incident['state']): Incident => ({
    ...sampleIncident({ id: id<Incident['id']>(`i${n}`), state }),
    openedAtMs: n,
    cameras: [
      { cameraId: id(`jt808:${n}/1`), name: '车内', distanceM: 0, vehicle: { ...vehicle, sourceId: id(`jt808:${n}`) } }
    ],
    evidence: []
  })
  const tookMs = cpuMs(() => {
    for (let n = 0; n < 5_000; n++) {
      video.incidentChanged(of(n, 'new'), undefined)
      video.incidentChanged(of(n, 'acknowledged'), of(n, 'new'))
    }
  })
  expect(tookMs).toBeLessThan(2_000)
  const seen = (known.at(-1) ?? []).map(each => Number(each.cameraId.split(/[:/]/)[1]))
  expect(seen).toEqual(Array.from({ length: 64 }, (_, n) => 4_999 - n))
  const count = asked.length
  video.incidentChanged(of(4_999, 'resolved'), of(4_999, 'acknowledged'))
  expect(asked.slice(count)).toEqual(['off jt808:4999/1 10.0.0.5:7613', 'on jt808:4935/1 10.0.0.5:7613'])
})
