/** A receiver that is down for an hour while 10,000 messages gather: it is left alone, and has all of them afterwards, each incident's in order. */
import { expect, it } from 'vitest'
import { id } from '../../core/brand.ts'
import { settle } from '../../testing/fake-clock.ts'
import { sampleIncident } from '../../testing/samples.ts'
import { bench, DOWN, TAKEN } from './testing.ts'

const INCIDENTS = 2_000
const EACH = 5
const HOUR_MS = 3_600_000

it('10,000 messages wait for an hour, and arrive in order', async () => {
  const { step, clock, now, posts, outbox, downs, sender } = await bench({ queueMax: 20_000, giveUpMs: 24 * HOUR_MS })
  now.answer = DOWN
  for (let version = 1; version <= EACH; version++)
    for (let n = 0; n < INCIDENTS; n++)
      await step(sampleIncident({ id: id(`i${n}`), number: `N${n}`, version, presses: version }))
  await clock.advance(HOUR_MS)
  expect(outbox().items('city')).toHaveLength(INCIDENTS * EACH)
  // One message after each pause, of 30 s, then a minute: never a storm against who is down.
  expect(posts.length).toBeLessThan(80)
  expect(downs).toEqual(['ECONNREFUSED'])
  const tries = posts.length
  now.answer = TAKEN
  await clock.advance(120_000)
  for (let turns = 0; outbox().items('city').length > 0 && turns < 50_000; turns++) await settle()
  expect(posts.length - tries).toBe(INCIDENTS * EACH)
  const told = new Map<string, number[]>()
  for (const { incident, body } of posts.slice(tries))
    told.set(incident, [...(told.get(incident) ?? []), JSON.parse(body).sequence])
  expect(told.size).toBe(INCIDENTS)
  expect([...told.values()].filter(each => each.join() !== '1,2,3,4,5')).toEqual([])
  expect(sender().view().state).toBe('ready')
})

it('after a pause one is tried, whoever asks meanwhile; the others only once that was taken', async () => {
  const { step, clock, now, posts, answers, sender } = await bench()
  now.answer = DOWN
  for (let n = 0; n < 6; n++) await step(sampleIncident({ id: id(`i${n}`), number: `N${n}` }))
  expect(posts).toHaveLength(3)
  const trial = Promise.withResolvers<typeof TAKEN>()
  answers.push(trial.promise)
  now.answer = TAKEN
  await clock.advance(30_000)
  expect(posts).toHaveLength(4)
  for (let n = 6; n < 20; n++) await step(sampleIncident({ id: id(`i${n}`), number: `N${n}` }))
  sender().kick()
  await clock.advance(5_000)
  expect(posts).toHaveLength(4)
  trial.resolve(TAKEN)
  await clock.advance(60_000)
  expect(new Set(posts.slice(3).map(each => each.incident)).size).toBe(20)
  expect(posts).toHaveLength(3 + 20)
})
