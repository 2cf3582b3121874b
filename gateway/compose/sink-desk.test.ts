/** The desk of sinks when the store fails in the middle: a sink and its secret are changed together or not at all. */
import { expect, it } from 'vitest'
import type { SinkDraft } from '../core/sink-record.ts'
import type { Change } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { createOutbox } from '../feed/outwards/outbox.ts'
import { fakeStore, RULES, SITE } from '../feed/outwards/testing.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import { PAUSED } from './outward-rooms.ts'
import { openSinkBook } from './sink-book.ts'
import { createSinkDesk } from './sink-desk.ts'

const USER: SessionUser = { userId: 'a', login: '10001', name: '管理员', role: 'administrator' }
const CITY: SinkDraft = {
  ...{ name: 'city', url: 'https://old.example.org/', secret: 'the secret of the old one', enabled: true },
  ...{ format: 'json', scope: 'private', addresses: [], restriction: '', status: 'actual' },
  ...{ tell: 'opened', personal: false, lowestPriority: 4, classes: [] }
}

async function setUp() {
  const clock = createFakeClock()
  const { store: documents } = fakeStore()
  const changes: Change[] = []
  const secrets = new Map<string, string>()
  let left = Infinity
  const store = {
    ...documents,
    async commit(change: Change) {
      left -= 1
      if (left < 0) throw new Error('the store is gone')
      changes.push(change)
      for (const { key, password } of change.credentials ?? []) secrets.set(key, password)
      return await documents.commit(change)
    },
    credential: async () => undefined
  }
  const book = await openSinkBook([], clock, store)
  const paused = new Set<string>()
  const outbox = await createOutbox({ store, clock, site: SITE, sinks: book.all, queueMax: 10, contacts: RULES })
  const desk = createSinkDesk({
    ...{
      book,
      outbox,
      store,
      clock,
      reach: { mayName: () => true, isNarrowed: false },
      paused,
      renew: async () => undefined
    },
    tryPost: () => async () => ({ taken: true, status: 204 })
  })
  const now = () => [book.find('city')?.url, secrets.get('city')]
  const only = (count: number) => {
    left = count
  }
  const kept = async () => (await documents.documents({ kind: PAUSED })).map(({ key }) => key)
  return { desk, outbox, changes, now, only, paused, kept, documents }
}

it.each([0, 1])(
  'after %i commits address and secret still belong together, and so they do once it is tried again',
  async count => {
    const { desk, changes, now, only } = await setUp()
    const made = await desk.save(CITY, 0, USER)
    const version = made.saved ? made.version : 0
    const moved = { ...CITY, url: 'https://new.example.org/', secret: 'the secret of the new one' }
    only(count)
    await desk.save(moved, version, USER).catch(String)
    const [before, after] = [
      ['https://old.example.org/', 'the secret of the old one'],
      ['https://new.example.org/', 'the secret of the new one']
    ]
    expect(now()).toEqual(count === 0 ? before : after)
    only(9)
    await desk.save(moved, count === 0 ? version : version + 1, USER)
    expect(now()).toEqual(after)
    expect(JSON.stringify(changes.map(each => [each.audit, each.documents]))).not.toContain('the secret of')
  }
)

it('a secret alone is on record as such; taken out, the sink goes with its secret, and nothing waits for it', async () => {
  const { desk, outbox, changes, now, only } = await setUp()
  await desk.save(CITY, 0, USER)
  await desk.save({ ...CITY, secret: 'another secret of the old one' }, 1, USER)
  expect(now()).toEqual(['https://old.example.org/', 'another secret of the old one'])
  expect(changes.map(each => each.audit?.map(line => line.action))).toEqual([
    ['sink.save', 'sink.secret'],
    ['sink.secret']
  ])
  outbox.join({ incidents: [sampleIncident()] }).durable()
  only(1)
  await desk.remove('city', 1, USER).catch(String)
  expect(now()).toEqual([undefined, ''])
  expect(outbox.items('city')).toMatchObject([{ state: 'dead', error: 'sinkGone' }])
})

it('paused and taken out: the pause goes in the very commit that takes it out, so that a new one of its name is not paused', async () => {
  const { desk, only, paused, kept, documents } = await setUp()
  await desk.save(CITY, 0, USER)
  const pause = async () => {
    paused.add('city')
    await documents.commit({ documents: [{ kind: PAUSED, key: 'city', body: {} }] })
  }
  await pause()
  only(1)
  await desk.remove('city', 1, USER).catch(String)
  expect([await kept(), [...paused]]).toEqual([[], []])
  // Left by a version that removed it later.
  await pause()
  only(9)
  await desk.save(CITY, 0, USER)
  expect([await kept(), [...paused]]).toEqual([[], []])
})
